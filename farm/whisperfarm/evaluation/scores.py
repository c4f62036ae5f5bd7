"""The errors of one transcript, counted by jiwer."""

from dataclasses import dataclass
from typing import Literal

import jiwer

from whisperfarm.evaluation.references import Reference
from whisperfarm.evaluation.speakers import SpeakerErrors, speaker_errors
from whisperfarm_contract.transcript import Transcript, Word

Normalization = Literal["words", "none"]
"""`words`: case and punctuation do not count. `none`: they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Errors of one transcript; a member is `None` if there was no reference for it.

    `time_errors_s` has the distance of the start of each correct word that has a reference time.
    """

    path: str
    audio_s: float
    took_s: float
    words: int
    word_errors: int
    characters: int
    character_errors: int
    time_errors_s: tuple[float, ...] = ()
    speakers: SpeakerErrors | None = None


def score(
    path: str,
    reference: Reference,
    transcript: Transcript,
    *,
    took_s: float,
    normalization: Normalization,
) -> Score:
    """Compare a transcript with its reference. `took_s`: how long transcription took."""
    said = normalize(reference.text, normalization)
    heard = normalize(transcript.text, normalization) if said else ""
    return Score(
        path=path,
        audio_s=transcript.duration,
        took_s=took_s,
        words=len(said.split()),
        word_errors=_errors(jiwer.process_words(said, heard)) if said else 0,
        characters=len(said),
        character_errors=_errors(jiwer.process_characters(said, heard)) if said else 0,
        time_errors_s=_time_errors(reference.words, tuple(transcript.words()), normalization),
        speakers=speaker_errors(reference.turns, transcript.turns) if reference.turns else None,
    )


def normalize(text: str, normalization: Normalization) -> str:
    """Return the text as it is compared, with single spaces."""
    if normalization == "words":
        remove_punctuation = jiwer.RemovePunctuation()  # type: ignore[no-untyped-call]
        text = remove_punctuation(text.casefold())
    return " ".join(text.split())


def _errors(found: "jiwer.WordOutput | jiwer.CharacterOutput") -> int:
    return int(found.substitutions + found.deletions + found.insertions)


def _time_errors(
    said: tuple[Word, ...], heard: tuple[Word, ...], normalization: Normalization
) -> tuple[float, ...]:
    """Return how far the starts of correct words are off, in seconds."""
    true, found = _spoken(said, normalization), _spoken(heard, normalization)
    if not true or not found:
        return ()
    output = jiwer.process_words(_joined(true), _joined(found))
    return tuple(
        abs(found[chunk.hyp_start_idx + step][1] - true[chunk.ref_start_idx + step][1])
        for chunk in output.alignments[0]
        if chunk.type == "equal"
        for step in range(chunk.ref_end_idx - chunk.ref_start_idx)
    )


def _joined(words: list[tuple[str, float]]) -> str:
    return " ".join(text for text, _ in words)


def _spoken(words: tuple[Word, ...], normalization: Normalization) -> list[tuple[str, float]]:
    """Return text and start of each word that is left after normalization."""
    texts = ((normalize(word.text, normalization).replace(" ", ""), word.start) for word in words)
    return [(text, start) for text, start in texts if text]
