"""The parts of a checkpoint as JSON: the speech of sections, languages and texts of windows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from json import dumps
from typing import Any, Generic, TypeVar

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.engines.port import DecodedText, Doubt
from whisperfarm_worker.pipeline.state import SpeechRegion, Window

T = TypeVar("T")

Speech = Mapping[str, Sequence[Window]]
"""The windows of each section of a channel in which voice activity detection has finished."""

Probabilities = Mapping[str, float]
"""Probability of each language; empty if there is no evidence."""

Languages = Mapping[str, Probabilities]
"""The probabilities of the languages of windows."""


@dataclass(slots=True, kw_only=True)
class Part(Generic[T]):
    """A part of a checkpoint: values by key, and the `fingerprint` of what they depend on.

    `encode` and `decode` convert a value to JSON and back. `decode` raises `KeyError`, `TypeError`
    or `ValueError` if it is not what was written.
    """

    name: str
    encode: Callable[[T], Any]
    decode: Callable[[Any], T]
    fingerprint: str = ""
    values: dict[str, T] = field(default_factory=dict)

    def to_wire(self) -> dict[str, Any]:
        """Return the part as JSON."""
        values = {key: self.encode(value) for key, value in self.values.items()}
        return {"fingerprint": self.fingerprint, "values": values}

    def from_wire(self, values: Mapping[str, Any]) -> dict[str, T]:
        """Return the values of a part that was written."""
        return {key: self.decode(value) for key, value in values.items()}


def all_parts() -> tuple[Part[Sequence[Window]], Part[Probabilities], Part[DecodedText]]:
    """Return the empty parts of a checkpoint: speech, languages and texts."""
    return (
        Part(name="speech", encode=_windows_to_wire, decode=_windows),
        Part(name="languages", encode=dict, decode=_probabilities),
        Part(name="texts", encode=asdict, decode=_decoded_text),
    )


def fingerprint(*parts: Any) -> str:
    """Return a hash of JSON values, which the part of a checkpoint depends on."""
    return sha256(dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _windows_to_wire(windows: Sequence[Window]) -> list[dict[str, Any]]:
    return [asdict(one) for one in windows]


def _windows(wire: Sequence[Mapping[str, Any]]) -> tuple[Window, ...]:
    return tuple(map(_window, wire))


def _probabilities(wire: Mapping[str, Any]) -> Probabilities:
    return {code: float(value) for code, value in wire.items()}


def _decoded_text(wire: Mapping[str, Any]) -> DecodedText:
    doubt = Doubt(wire["doubt"]) if wire["doubt"] else None
    words = wire.get("words")
    timed = None if words is None else tuple(Word(**word) for word in words)
    return DecodedText(**{**wire, "doubt": doubt, "words": timed})


def _window(wire: Mapping[str, Any]) -> Window:
    return Window(
        start=float(wire["start"]),
        end=float(wire["end"]),
        regions=tuple(
            SpeechRegion(**{name: float(value) for name, value in one.items()})
            for one in wire["regions"]
        ),
        channel=int(wire["channel"]),
    )
