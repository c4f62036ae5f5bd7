"""Replaces words of a segment.

A word that is unchanged keeps its times and its score. The times of a new word are interpolated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from whisperfarm_contract.transcript import Segment, Word

MAX_COMPARED_PAIRS = 10_000
"""Most pairs of words, an old and a new one, that are compared. The time that a comparison takes
grows with their number; above it, all words between the first and the last change are new."""


def replace_words(segment: Segment, *, first: int, last: int, text: str, space: str) -> Segment:
    """Return the segment with `text` in place of its words from `first` to before `last`.

    `space` is what separates words in the language. The score of the old text is removed.
    """
    words = segment.words
    return replace(
        segment,
        text=_text_with(segment, first, last, text, space),
        words=(
            *words[:first],
            *_timed_words(segment, first, last, split(text, space)),
            *words[last:],
        ),
        avg_logprob=None,
    )


def replace_text(segment: Segment, text: str, *, space: str, has_words: bool) -> Segment:
    """Return the segment with another text, and with words if the transcript `has_words`."""
    texts = split(text, space) if has_words else []
    words = tuple(_timed_words(segment, 0, len(segment.words), texts))
    return replace(segment, text=text, words=words, avg_logprob=None)


def split(text: str, space: str) -> list[str]:
    """Return the words of a text; in a language without spaces, each character is a word."""
    words = text.split()
    return words if space else list("".join(words))


def _text_with(segment: Segment, first: int, last: int, text: str, space: str) -> str:
    spans = _spans(segment)
    if spans is None:
        texts = [word.text for word in segment.words]
        return space.join(part for part in (*texts[:first], text, *texts[last:]) if part)
    head, tail = segment.text[: spans[first][0]], segment.text[spans[last - 1][1] :]
    return f"{head}{text}{tail}" if text else f"{head.rstrip()}{tail}".strip()


def _spans(segment: Segment) -> list[tuple[int, int]] | None:
    """Return where each word is in the text of the segment, or `None` if the text lacks one."""
    spans, position = [], 0
    for word in segment.words:
        found = segment.text.find(word.text, position)
        if found < 0:
            return None
        position = found + len(word.text)
        spans.append((found, position))
    return spans


def _timed_words(segment: Segment, first: int, last: int, texts: Sequence[str]) -> Iterator[Word]:
    old = segment.words[first:last]
    for old_start, old_end, new_start, new_end, is_equal in _blocks(
        [word.text for word in old], texts
    ):
        if is_equal:
            yield from old[old_start:old_end]
        else:
            yield from _interpolated(
                segment, first + old_start, first + old_end, texts[new_start:new_end]
            )


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int, bool]]:
    """Yield ranges of old and new words in order, and whether they are equal."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old_end, new_end = len(old) - tail, len(new) - tail
    yield 0, head, 0, head, True
    if (old_end - head) * (new_end - head) > MAX_COMPARED_PAIRS:
        yield head, old_end, head, new_end, False
    else:
        matcher = SequenceMatcher(None, old[head:old_end], new[head:new_end], autojunk=False)
        for tag, *bounds in matcher.get_opcodes():
            from_old, to_old, from_new, to_new = (head + bound for bound in bounds)
            yield from_old, to_old, from_new, to_new, tag == "equal"
    yield old_end, len(old), new_end, len(new), True


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words both start with."""
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


def _interpolated(segment: Segment, first: int, last: int, texts: Sequence[str]) -> Iterator[Word]:
    """Yield words with these texts in place of those from `first` to before `last`."""
    replaced = segment.words[first:last]
    if len(replaced) == len(texts):
        for word, text in zip(replaced, texts, strict=True):
            yield replace(word, text=text, score=None, interpolated=True)
        return
    start, end = _span(segment, first, last)
    neighbours = (
        *replaced,
        *segment.words[max(first - 1, 0) : first],
        *segment.words[last : last + 1],
    )
    speaker = neighbours[0].speaker if neighbours else segment.speaker
    total, before = sum(map(len, texts)), 0
    for text in texts:
        after = before + len(text)
        yield Word(
            text=text,
            start=_between(start, end, before / total),
            end=_between(start, end, after / total),
            speaker=speaker,
            interpolated=True,
        )
        before = after


def _span(segment: Segment, first: int, last: int) -> tuple[float, float]:
    """Return the time of the words from `first` to before `last`, or between their neighbours."""
    words = segment.words
    start = words[first - 1].end if first else segment.start
    end = words[last].start if last < len(words) else segment.end
    if first < last:
        start = words[first].start
        end = min(end, words[last - 1].end) if last < len(words) else words[last - 1].end
    elif first:  # the word before may end after the next one starts
        start = max(min(start, end), words[first - 1].start)
    else:
        start = min(start, end)
    return start, max(start, end)


def _between(start: float, end: float, fraction: float) -> float:
    """Return a time of whole milliseconds, unless that is not between the two."""
    return min(max(round(start + (end - start) * fraction, 3), start), end)
