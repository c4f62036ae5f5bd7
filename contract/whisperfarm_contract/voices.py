"""Voices of speakers, as embeddings: points near each other belong to the same person."""

from dataclasses import dataclass, field

MIN_SPEECH_S = 2.0
"""Seconds of speech below which a voice is neither kept nor compared."""

MAX_VOICES_OF_NAME = 10
MAX_VOICES_OF_TENANT = 500

MAX_CONSENT_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """The voice of a speaker of a job. `speech_s` are the seconds of speech it was computed from.

    `model` is the digest of the model: embeddings of different models cannot be compared.
    """

    speaker: str
    model: str
    speech_s: float
    embedding: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolledVoice:
    """A voice that a tenant has enrolled under a name."""

    id: str
    name: str
    model: str
    embedding: tuple[float, ...] = field(repr=False)
