"""The parts of a checkpoint as JSON: windows of speech by channel, and texts by window."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from json import dumps
from typing import Any

from whisperfarm_contract.transcript import Word
from whisperfarm_worker.engines.port import DecodedText, Doubt
from whisperfarm_worker.pipeline.state import SpeechRegion, Window

Speech = Mapping[int, Sequence[Window]]
"""The windows of each channel that voice activity detection has finished."""


def fingerprint(*parts: Any) -> str:
    """Return a hash of JSON values, which the part of a checkpoint depends on."""
    return sha256(dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def texts_to_wire(texts: Mapping[str, DecodedText]) -> dict[str, Any]:
    return {key: asdict(text) for key, text in texts.items()}


def texts_from_wire(wire: Mapping[str, Any]) -> dict[str, DecodedText]:
    """Raises `KeyError`, `TypeError` or `ValueError` if the value is not what was written."""
    return {key: _decoded_text(text) for key, text in wire.items()}


def speech_to_wire(speech: Speech) -> dict[str, Any]:
    return {str(channel): [asdict(one) for one in windows] for channel, windows in speech.items()}


def speech_from_wire(wire: Mapping[str, Any]) -> dict[int, tuple[Window, ...]]:
    """Raises `KeyError`, `TypeError` or `ValueError` if the value is not what was written."""
    return {int(channel): tuple(map(_window, windows)) for channel, windows in wire.items()}


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
