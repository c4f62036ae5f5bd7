"""A transcript while operations change it. The transcript that it was made from stays unchanged."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from whisperfarm_contract.formats.tokens import word_separator
from whisperfarm_contract.problems import InvalidCorrection
from whisperfarm_contract.transcript import KnownSpeaker, Segment, Transcript, Turn, Word


class Draft:
    """The segments and turns of a transcript, to be changed one after the other."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._segments = list(transcript.segments)
        self._turns = transcript.turns
        self.has_words = any(segment.words for segment in transcript.segments)

    def segment(self, number: int) -> Segment:
        """Return a segment. Raises `InvalidCorrection` if there is none of this number."""
        if number >= len(self._segments):
            raise InvalidCorrection(
                f"segment: the transcript has {len(self._segments)} segments, counted from 0, and"
                f" no segment {number}"
            )
        return self._segments[number]

    def set_segment(self, number: int, segment: Segment) -> None:
        self._segments[number] = segment

    def separator(self, segment: Segment) -> str:
        """Return what separates words in the language of the segment."""
        return word_separator(segment, self._transcript)

    def rename_speaker(self, old: str, new: str) -> None:
        """Rename a speaker everywhere. Raises `InvalidCorrection` if there is none of this name."""
        if not any(one.speaker == old for one in self._speakers()):
            raise InvalidCorrection(f"speaker: the transcript has no speaker {old!r}")
        names = {old: new}
        self._segments = [_renamed(segment, names) for segment in self._segments]
        self._turns = tuple(_renamed_turn(turn, names) for turn in self._turns)

    def _speakers(self) -> Iterator[Segment | Word | Turn]:
        yield from self._segments
        yield from self._turns
        for segment in self._segments:
            yield from segment.words

    def finish(self) -> Transcript:
        """Return the changed transcript."""
        segments = tuple(self._segments)
        interpolated = sum(word.interpolated for one in segments for word in one.words)
        return replace(
            self._transcript,
            segments=segments,
            turns=self._turns,
            known_speakers=self._known_speakers(),
            coverage=replace(self._transcript.coverage, interpolated_words=interpolated),
        )

    def _known_speakers(self) -> tuple[KnownSpeaker, ...] | None:
        """Return those who still have the name that their voice gave them."""
        known = self._transcript.known_speakers
        if known is None:
            return None
        names = {one.speaker for one in self._speakers()}
        return tuple(one for one in known if one.name in names)


def _renamed(segment: Segment, names: Mapping[str, str]) -> Segment:
    words = tuple(_renamed_word(word, names) for word in segment.words)
    return replace(segment, words=words, speaker=names.get(segment.speaker or "", segment.speaker))


def _renamed_word(word: Word, names: Mapping[str, str]) -> Word:
    name = names.get(word.speaker or "")
    return word if name is None else replace(word, speaker=name)


def _renamed_turn(turn: Turn, names: Mapping[str, str]) -> Turn:
    name = names.get(turn.speaker)
    return turn if name is None else replace(turn, speaker=name)
