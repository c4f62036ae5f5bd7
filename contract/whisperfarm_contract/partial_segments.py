"""Partial segments: text that a running attempt has decided, before alignment and speakers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from whisperfarm_contract.window_keys import SAMPLE_RATE_HZ, WindowKey

SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "type": "object",
        "required": ["attempt", "voids_earlier", "segments"],
        "description": "in the events of a running job: provisional text, before alignment and"
        " speakers; the transcript replaces it",
        "properties": {
            "attempt": {"type": "integer", "description": "the attempt that decided the text"},
            "voids_earlier": {
                "type": "boolean",
                "description": "true: drop all partial segments that were received before",
            },
            "segments": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["start", "end", "channel", "language", "text"],
                    "properties": {
                        "start": {"type": "number"},
                        "end": {"type": "number"},
                        "channel": {"type": "integer"},
                        "language": {"type": "string"},
                        "text": {"type": "string"},
                    },
                },
            },
        },
    }
)
"""JSON Schema of the member `partial` of a job in its events."""


class PartialSegment(NamedTuple):
    """The text of one window, with seconds of the recording."""

    start: float
    end: float
    channel: int
    language: str
    text: str


def from_checkpoint(document: Any) -> Sequence[PartialSegment]:
    """Return the windows of a checkpoint in the order in which they were decided.

    Raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` if it is not a checkpoint.
    """
    texts = document["texts"]["values"]
    return [_segment(WindowKey.parse(key), text) for key, text in texts.items()]


def _segment(key: WindowKey, text: Any) -> PartialSegment:
    start, end = (round(sample / SAMPLE_RATE_HZ, 3) for sample in (key.first, key.last))
    return PartialSegment(start, end, key.channel, key.language, " ".join(text["text"].split()))
