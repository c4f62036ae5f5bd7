"""A redacted transcript, job and text. The stored transcript is unchanged."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from whisperfarm_contract.job import Job
from whisperfarm_contract.transcript import KnownSpeaker, Segment, Transcript
from whisperfarm_store.redaction.kinds import Kinds
from whisperfarm_store.redaction.masking import Mask, mask_segment, mask_text, merge
from whisperfarm_store.redaction.reading import Place, read


def redact(transcript: Transcript, kinds: Kinds) -> Transcript:
    """Return the transcript with data of these kinds masked, and `redactions` set, which also has
    those of a transcript that was stored redacted.

    Data is found across segments: in all of them by time, and in those of each speaker and channel,
    as others may speak between two parts of a number.
    """
    masks = _masks_by_segment(transcript.segments, kinds)
    speakers = _names(transcript, kinds)
    segments, redactions = [], list(transcript.redactions or ())
    for number, segment in enumerate(transcript.segments):
        masked, spans = (
            mask_segment(transcript.segments, number, masks[number])
            if masks[number]
            else (segment, [])
        )
        segments.append(_remarks_masked(_renamed(masked, speakers), kinds))
        redactions += spans
    return replace(
        transcript,
        segments=tuple(segments),
        turns=tuple(
            replace(turn, speaker=speakers.get(turn.speaker, turn.speaker))
            for turn in transcript.turns
        ),
        known_speakers=_known(transcript, speakers),
        warnings=tuple(redact_text(warning, kinds) for warning in transcript.warnings),
        redactions=tuple(sorted(redactions, key=lambda one: (one.start, one.end, one.kind))),
    )


def _known(transcript: Transcript, names: Mapping[str, str]) -> tuple[KnownSpeaker, ...] | None:
    if transcript.known_speakers is None:
        return None
    return tuple(
        replace(one, name=names[one.name]) for one in transcript.known_speakers if one.name in names
    )


def _remarks_masked(segment: Segment, kinds: Kinds) -> Segment:
    if segment.note is None and not segment.tags:
        return segment
    note = None if segment.note is None else redact_text(segment.note, kinds)
    return replace(segment, note=note, tags=tuple(redact_text(tag, kinds) for tag in segment.tags))


def redact_job(job: Job, kinds: Kinds) -> Job:
    """Return the job with data of these kinds masked in the name of its recording and its
    reference."""
    audio = replace(job.audio, filename=redact_text(job.audio.filename, kinds))
    reference = job.labels.reference
    if reference is not None:
        reference = redact_text(reference, kinds)
    return replace(job, audio=audio, labels=replace(job.labels, reference=reference))


def redact_text(text: str, kinds: Kinds) -> str:
    """Return the text with data of these kinds masked."""
    masks = [mask for _, mask in _find([text], kinds)]
    return mask_text(text, merge(masks, list(kinds)))


def _masks_by_segment(segments: Sequence[Segment], kinds: Kinds) -> Mapping[int, Sequence[Mask]]:
    found: defaultdict[int, list[Mask]] = defaultdict(list)
    for numbers in _sequences(segments):
        for number, mask in _find([segments[one].text for one in numbers], kinds):
            found[numbers[number]].append(mask)
    return defaultdict(list, {number: merge(masks, list(kinds)) for number, masks in found.items()})


def _sequences(segments: Sequence[Segment]) -> Iterable[list[int]]:
    """Return the numbers of all segments, and of those of each speaker and channel."""
    parties: defaultdict[tuple[str | None, int | None], list[int]] = defaultdict(list)
    for number, segment in enumerate(segments):
        parties[segment.speaker, segment.channel].append(number)
    return [list(range(len(segments))), *(parties.values() if len(parties) > 1 else ())]


def _find(texts: Sequence[str], kinds: Kinds) -> Iterator[tuple[int, Mask]]:
    """Yield the number of a text, and a mask in it. Data in two texts has a mask in each."""
    reading = read(texts)
    for kind, find in kinds.items():
        for start, end in find(reading.text):
            yield from _masks(kind, reading.places_of(start, end))


def _masks(kind: str, places: Sequence[Place]) -> Iterator[tuple[int, Mask]]:
    by_text: defaultdict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_text[place.text].append(place)
    for text, own in by_text.items():
        yield text, Mask(kind, own[0].token.start, own[-1].token.end)


def _names(transcript: Transcript, kinds: Kinds) -> Mapping[str, str]:
    """Return the redacted name of each speaker; names that would become equal get a number."""
    of_segments = {one.speaker for one in transcript.segments if one.speaker}
    speakers = of_segments | {one.speaker for one in transcript.turns}
    names: dict[str, str] = {}
    for speaker in sorted(speakers):
        name = redact_text(speaker, kinds)
        taken = sum(other == name or other.startswith(f"{name} ") for other in names.values())
        names[speaker] = f"{name} {taken + 1}" if taken else name
    return names


def _renamed(segment: Segment, speakers: Mapping[str, str]) -> Segment:
    words = tuple(
        replace(word, speaker=speakers.get(word.speaker or "", word.speaker))
        for word in segment.words
    )
    speaker = speakers.get(segment.speaker or "", segment.speaker)
    return replace(segment, speaker=speaker, words=words)
