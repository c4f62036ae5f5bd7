"""Which enrolled voices the speakers of a recording have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from whisperfarm_contract.voices import EnrolledVoice, Voice


@dataclass(frozen=True, slots=True)
class Match:
    """The enrolled voice of a speaker, and how similar the two are: 1 if they are the same."""

    enrolled: EnrolledVoice
    score: float


def match_voices(
    voices: Sequence[Voice], enrolled: Sequence[EnrolledVoice], *, threshold: float
) -> Mapping[str, Match]:
    """Return the matches of the speakers, by speaker; the most similar pairs come first.

    A speaker has at most one name, and a name at most one speaker. A name with several voices has
    the score of the nearest. Voices of other models are not compared.
    """
    pairs = [
        (_similarity(voice, one), voice.speaker, one)
        for voice in voices
        for one in enrolled
        if one.model == voice.model
    ]
    matches: dict[str, Match] = {}
    taken: set[str] = set()
    for score, speaker, one in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2].id)):
        if score >= threshold and speaker not in matches and one.name not in taken:
            matches[speaker] = Match(one, round(score, 3))
            taken.add(one.name)
    return matches


def _similarity(voice: Voice, enrolled: EnrolledVoice) -> float:
    """Return the cosine of the angle between the embeddings; -1 if they cannot be compared."""
    one, other = np.array(voice.embedding), np.array(enrolled.embedding)
    length = float(np.linalg.norm(one) * np.linalg.norm(other)) if one.shape == other.shape else 0.0
    return float(one @ other) / length if length > 0 else -1.0
