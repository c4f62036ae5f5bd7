"""The port of checkpoints: what an attempt has found so far, in case it is lost.

`job_checkpoint` implements it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from whisperfarm_contract.presets import Preset
from whisperfarm_worker.attempt.checkpoint_parts import Languages, Probabilities, Speech
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Window


class Checkpoint(Protocol):
    """Speech and text of an attempt, kept for the next one."""

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        """Return the speech that an earlier attempt found with the same parameters."""

    def record_speech(self, key: str, windows: Sequence[Window]) -> None:
        """Add the windows of a section of a channel, by its `span_key`."""

    def load_languages(self, preset: Preset, codes: Sequence[str]) -> Languages:
        """Return what an earlier attempt detected among the same languages."""

    def record_language(self, key: str, probabilities: Probabilities) -> None:
        """Add the probabilities of the languages of a window, by its `window_key`."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        """Return the text of an earlier attempt with the same decoding, by `str(WindowKey)`."""

    def record(self, key: str, text: DecodedText) -> None:
        """Add the text of a window."""

    def delete_all(self) -> None:
        """Delete the checkpoints of all attempts. Call it when the job has ended."""


class NoCheckpoint:
    """Checkpoint that keeps nothing."""

    def load_speech(self, preset: Preset, parameters: Mapping[str, Any]) -> Speech:
        del preset, parameters
        return {}

    def record_speech(self, key: str, windows: Sequence[Window]) -> None:
        """Do nothing."""

    def load_languages(self, preset: Preset, codes: Sequence[str]) -> Languages:
        del preset, codes
        return {}

    def record_language(self, key: str, probabilities: Probabilities) -> None:
        """Do nothing."""

    def load(self, preset: Preset, decoding: Decoding) -> Mapping[str, DecodedText]:
        del preset, decoding
        return {}

    def record(self, key: str, text: DecodedText) -> None:
        """Do nothing."""

    def delete_all(self) -> None:
        """Do nothing."""


def window_key(window: Window) -> str:
    """Return the window's channel, first sample and last sample as a string."""
    return span_key(window.channel, window.start, window.end)


def span_key(channel: int, start: float, end: float) -> str:
    """Return the same for a time span of a channel."""
    first, last = (int(second * SAMPLE_RATE_HZ) for second in (start, end))
    return f"{channel}:{first}:{last}"
