"""The transcript, the result of a job. Times are seconds from the start of the audio."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word. `score` is the aligner's confidence, 0 to 1.

    An interpolated word has no score: the aligner did not find it, and its times are estimated
    from the words around it.
    """

    text: str
    start: float
    end: float
    score: float | None = None
    speaker: str | None = None
    interpolated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Text of one speaker. `avg_logprob` is the mean log probability of the model's tokens.

    `language` is the code of the spoken language, or `None` if it is that of the transcript. `note`
    and `tags` are those of a person who corrected the transcript.
    """

    start: float
    end: float
    text: str
    words: tuple[Word, ...] = ()
    speaker: str | None = None
    avg_logprob: float | None = None
    channel: int | None = None
    language: str | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A time span in which the diarizer found one speaker. Turns of two speakers may overlap."""

    start: float
    end: float
    speaker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time span without text: speech without words, or audio that the recording lacks."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSound:
    """A time span with sound that was not taken for speech, such as music or a ring tone."""

    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the audio was transcribed, in seconds.

    The rest of the audio is silence, and other sound: `other_sound_s` is the sum of `other_sounds`.
    """

    audio_s: float
    speech_s: float = 0.0
    transcribed_s: float = 0.0
    interpolated_words: int = 0
    gaps: tuple[Gap, ...] = ()
    other_sound_s: float = 0.0
    other_sounds: tuple[OtherSound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """When the recording starts, by the time code in its file.

    `start_s` is the time from midnight, or from the time code 00:00:00:00, in seconds of real time.
    `start_timecode` is `hh:mm:ss:ff`, with `;` before the frames if it is drop-frame; of a
    Broadcast Wave file it is `hh:mm:ss`, and then there is no `frame_rate`, such as `25` or
    `30000/1001`, and no `drop_frame`.
    """

    start_s: float
    start_timecode: str
    frame_rate: str | None = None
    drop_frame: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A time span in which data of a kind, such as `card`, is masked."""

    kind: str
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSpeaker:
    """A speaker who was named by a voice. `score` is its similarity to the enrolled `voice`."""

    name: str
    voice: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A finished transcript. `model` is the name of the preset.

    `language` is the code of the spoken language; of several, the one with the most speech.
    `recording` is `None` if the file has no time code. `redactions` is `None` if the transcript is
    not a redacted one, and `known_speakers` is `None` if no speaker was to be named by a voice.
    """

    language: str
    model: str
    task: str = "transcribe"
    segments: tuple[Segment, ...] = ()
    turns: tuple[Turn, ...] = ()
    coverage: Coverage
    warnings: tuple[str, ...] = ()
    language_probability: float | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)
    recording: Recording | None = None
    redactions: tuple[Redaction, ...] | None = None
    known_speakers: tuple[KnownSpeaker, ...] | None = None

    @property
    def text(self) -> str:
        """The texts of all segments, joined by spaces."""
        return " ".join(segment.text.strip() for segment in self.segments).strip()

    @property
    def duration(self) -> float:
        """The length of the audio in seconds."""
        return self.coverage.audio_s

    def words(self) -> Iterator[Word]:
        """Yield the words of all segments in order."""
        for segment in self.segments:
            yield from segment.words

    def to_wire(self) -> dict[str, Any]:
        """Return the transcript in WhisperX's JSON shape, with the additional members of ours."""
        return {
            "text": self.text,
            "language": self.language,
            "duration": self.duration,
            "segments": [_segment_to_wire(number, one) for number, one in enumerate(self.segments)],
            "word_segments": [_word_to_wire(word) for word in self.words()],
            "turns": [{"start": t.start, "end": t.end, "speaker": t.speaker} for t in self.turns],
            "task": self.task,
            "model": self.model,
            "language_probability": self.language_probability,
            "coverage": _coverage_to_wire(self.coverage),
            "warnings": list(self.warnings),
            "provenance": dict(self.provenance),
            **_recording_to_wire(self.recording),
            **_redactions_to_wire(self.redactions),
            **_known_speakers_to_wire(self.known_speakers),
        }


def _word_to_wire(word: Word) -> dict[str, Any]:
    wire: dict[str, Any] = {"word": word.text, "start": word.start, "end": word.end}
    if word.score is not None:
        wire["score"] = word.score
    if word.speaker is not None:
        wire["speaker"] = word.speaker
    if word.interpolated:
        wire["interpolated"] = True
    return wire


def _segment_to_wire(number: int, segment: Segment) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "id": number,
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "words": [_word_to_wire(word) for word in segment.words],
    }
    for name in ("speaker", "avg_logprob", "channel", "language", "note"):
        value = getattr(segment, name)
        if value is not None:
            wire[name] = value
    if segment.tags:
        wire["tags"] = list(segment.tags)
    return wire


def _coverage_to_wire(coverage: Coverage) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "audio_s": coverage.audio_s,
        "speech_s": coverage.speech_s,
        "transcribed_s": coverage.transcribed_s,
        "interpolated_words": coverage.interpolated_words,
        "gaps": [{"start": gap.start, "end": gap.end} for gap in coverage.gaps],
    }
    if coverage.other_sounds:
        wire["other_sound_s"] = coverage.other_sound_s
        wire["other_sounds"] = [{"start": s.start, "end": s.end} for s in coverage.other_sounds]
    return wire


def _recording_to_wire(recording: Recording | None) -> dict[str, Any]:
    if recording is None:
        return {}
    members = {one.name: getattr(recording, one.name) for one in fields(Recording)}
    return {"recording": {name: value for name, value in members.items() if value is not None}}


def _redactions_to_wire(redactions: tuple[Redaction, ...] | None) -> dict[str, Any]:
    if redactions is None:
        return {}
    return {
        "redactions": [{"kind": one.kind, "start": one.start, "end": one.end} for one in redactions]
    }


def _known_speakers_to_wire(known: tuple[KnownSpeaker, ...] | None) -> dict[str, Any]:
    return {} if known is None else {"known_speakers": [asdict(one) for one in known]}


def from_wire(wire: Mapping[str, Any]) -> Transcript:
    """Read a transcript that `to_wire` wrote; unknown members are ignored.

    Raises `KeyError` or `TypeError` if a member is missing or has the wrong type.
    """
    return Transcript(
        language=wire["language"],
        model=wire["model"],
        task=wire["task"],
        segments=tuple(_segment_from_wire(one) for one in wire["segments"]),
        turns=tuple(Turn(**_known_members(Turn, turn)) for turn in wire["turns"]),
        coverage=_coverage_from_wire(wire["coverage"]),
        warnings=tuple(wire["warnings"]),
        language_probability=wire["language_probability"],
        provenance=wire["provenance"],
        recording=_recording_from_wire(wire.get("recording")),
        redactions=_redactions_from_wire(wire.get("redactions")),
        known_speakers=_known_speakers_from_wire(wire.get("known_speakers")),
    )


def _known_members(
    record_type: type[Turn | Gap | OtherSound | Coverage | Recording | Redaction | KnownSpeaker],
    wire: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the members that the class has; a newer farm may send more."""
    names = {one.name for one in fields(record_type)}
    return {name: value for name, value in wire.items() if name in names}


def _word_from_wire(wire: Mapping[str, Any]) -> Word:
    return Word(
        text=wire["word"],
        start=wire["start"],
        end=wire["end"],
        score=wire.get("score"),
        speaker=wire.get("speaker"),
        interpolated=wire.get("interpolated", False),
    )


def _segment_from_wire(wire: Mapping[str, Any]) -> Segment:
    return Segment(
        start=wire["start"],
        end=wire["end"],
        text=wire["text"],
        words=tuple(_word_from_wire(word) for word in wire["words"]),
        speaker=wire.get("speaker"),
        avg_logprob=wire.get("avg_logprob"),
        channel=wire.get("channel"),
        language=wire.get("language"),
        note=wire.get("note"),
        tags=tuple(wire.get("tags", ())),
    )


def _recording_from_wire(wire: Mapping[str, Any] | None) -> Recording | None:
    return None if wire is None else Recording(**_known_members(Recording, wire))


def _redactions_from_wire(wire: Iterable[Mapping[str, Any]] | None) -> tuple[Redaction, ...] | None:
    if wire is None:
        return None
    return tuple(Redaction(**_known_members(Redaction, one)) for one in wire)


def _coverage_from_wire(wire: Mapping[str, Any]) -> Coverage:
    gaps = tuple(Gap(**_known_members(Gap, gap)) for gap in wire["gaps"])
    other_sounds = tuple(
        OtherSound(**_known_members(OtherSound, one)) for one in wire.get("other_sounds", ())
    )
    members = _known_members(Coverage, wire)
    return Coverage(**{**members, "gaps": gaps, "other_sounds": other_sounds})


def _known_speakers_from_wire(
    wire: Iterable[Mapping[str, Any]] | None,
) -> tuple[KnownSpeaker, ...] | None:
    if wire is None:
        return None
    return tuple(KnownSpeaker(**_known_members(KnownSpeaker, one)) for one in wire)
