"""Masks spans of a segment: in its text, and in its words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from whisperfarm_contract.transcript import Redaction, Segment, Word
from whisperfarm_store.redaction.time_spans import span_of


@dataclass(frozen=True, slots=True)
class Mask:
    """A span of a text that holds data of a kind."""

    kind: str
    start: int
    end: int

    @property
    def marker(self) -> str:
        """What replaces the span."""
        return f"[{self.kind}]"

    def overlaps(self, start: int, end: int) -> bool:
        """Whether the mask covers a part of that span."""
        return self.start < end and start < self.end


def merge(masks: Sequence[Mask], kinds: Sequence[str]) -> list[Mask]:
    """Return the masks in order of their place. Those that overlap become one, of the kind that
    comes first in `kinds`."""
    merged: list[Mask] = []
    for mask in sorted(masks, key=lambda one: one.start):
        if merged and mask.start < merged[-1].end:
            kind = min(merged[-1].kind, mask.kind, key=kinds.index)
            merged[-1] = Mask(kind, merged[-1].start, max(merged[-1].end, mask.end))
        else:
            merged.append(mask)
    return merged


def mask_text(text: str, masks: Sequence[Mask]) -> str:
    """Return the text with a marker in the place of each mask; `masks` is in order."""
    for mask in reversed(masks):
        text = text[: mask.start] + mask.marker + text[mask.end :]
    return text


def mask_segment(
    segments: Sequence[Segment], number: int, masks: Sequence[Mask]
) -> tuple[Segment, list[Redaction]]:
    """Return the segment of this number with its masks applied, and their time spans.

    Words that are masked together become one word. If the words are not those of the text, all of
    them are left out.
    """
    segment = segments[number]
    located = _locate(segment)
    words = tuple(_mask_words(segment, located, masks))
    masked = replace(segment, text=mask_text(segment.text, masks), words=words)
    spans = (span_of(segments, number, _masked_words(mask, located)) for mask in masks)
    return masked, [
        Redaction(kind=mask.kind, start=start, end=end)
        for mask, (start, end) in zip(masks, spans, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Located:
    """A word and its span in the text of the segment."""

    word: Word
    start: int
    end: int


def _locate(segment: Segment) -> list[_Located]:
    located, position = [], 0
    for word in segment.words:
        text = word.text.strip()
        start = segment.text.find(text, position)
        if start < 0:
            return []
        position = start + len(text)
        located.append(_Located(word, start, position))
    return located


def _mask_words(
    segment: Segment, located: Sequence[_Located], masks: Sequence[Mask]
) -> Iterator[Word]:
    pending = list(located)
    while pending:
        group = [pending.pop(0)]
        while pending and _share_mask(group[-1], pending[0], masks):
            group.append(pending.pop(0))
        yield _mask_group(segment, group, masks)


def _share_mask(one: _Located, other: _Located, masks: Sequence[Mask]) -> bool:
    return any(
        mask.overlaps(one.start, one.end) and mask.overlaps(other.start, other.end)
        for mask in masks
    )


def _mask_group(segment: Segment, group: Sequence[_Located], masks: Sequence[Mask]) -> Word:
    """Return the word that replaces words which are masked together, or one without a mask."""
    start, end = group[0].start, group[-1].end
    inside = [
        Mask(mask.kind, max(mask.start, start) - start, min(mask.end, end) - start)
        for mask in masks
        if mask.overlaps(start, end)
    ]
    if not inside:
        return group[0].word
    return replace(
        group[0].word,
        text=mask_text(segment.text[start:end], inside),
        end=group[-1].word.end,
        score=None,
        interpolated=any(one.word.interpolated for one in group),
    )


def _masked_words(mask: Mask, located: Sequence[_Located]) -> slice:
    """Return which words the mask overlaps; none if they are unknown."""
    hit = [number for number, one in enumerate(located) if mask.overlaps(one.start, one.end)]
    return slice(hit[0], hit[-1] + 1) if hit else slice(0)
