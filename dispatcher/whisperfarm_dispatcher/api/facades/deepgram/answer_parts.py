"""What an answer contains, as the query asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from whisperfarm_store.redaction.kinds import Kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerParts:
    """What the answer contains.

    `utt_split_s` is the pause in seconds that ends an utterance, or `None` for an answer without
    utterances. `redacted_kinds` are the kinds of data that are masked.
    """

    punctuation: bool = True
    paragraphs: bool = False
    utt_split_s: float | None = None
    language: bool = False
    channels: bool = False
    redacted_kinds: Kinds = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
