"""What SIPREC reads from its environment for the provider `whisper`, with SIPREC's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whisperfarm_client.arg_types import siprec_timeout_s
from whisperfarm_contract.problems import InvalidSettings

DEFAULT_RATE_HZ = 16_000
_MAX_VALUE = 192_000
"""In Hz; the number of channels is far below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiprecSettings:
    """The settings. `true_rate_hz` is the rate of the samples, which SIPREC never changes, and
    `header_rate_hz` the one that it writes into the file."""

    command: str
    model: str
    output_format: str
    timeout: str
    header_rate_hz: int
    true_rate_hz: int
    channels: int
    task: str | None
    language: str | None
    extra_arguments: tuple[str, ...]
    recordings: Path | None

    @property
    def timeout_s(self) -> float:
        """The time after which SIPREC kills the command."""
        return siprec_timeout_s(self.timeout)


def read(environ: Mapping[str, str]) -> SiprecSettings:
    """Read the settings. Raises `InvalidSettings` with the name of the variable."""
    header_rate_hz = _integer(environ, "WHISPER_SAMPLE_RATE", DEFAULT_RATE_HZ)
    folder = _text(environ, "RECORDING_DIR")
    return SiprecSettings(
        command=_text(environ, "WHISPER_BINARY_PATH") or "whisper",
        model=_text(environ, "WHISPER_MODEL") or "base",
        output_format=_text(environ, "WHISPER_OUTPUT_FORMAT") or "json",
        timeout=_text(environ, "WHISPER_TIMEOUT") or "10m",
        header_rate_hz=header_rate_hz,
        true_rate_hz=_integer(environ, "WHISPERFARM_SAMPLE_RATE", header_rate_hz),
        channels=_integer(environ, "WHISPER_CHANNELS", 1),
        task="translate" if _text(environ, "WHISPER_TRANSLATE").lower() == "true" else None,
        language=_text(environ, "WHISPER_LANGUAGE") or None,
        extra_arguments=tuple(_text(environ, "WHISPER_EXTRA_ARGS").split()),
        recordings=Path(folder) if folder else None,
    )


def _text(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name, "").strip()


def _integer(environ: Mapping[str, str], name: str, default: int) -> int:
    text = _text(environ, name)
    if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= _MAX_VALUE):
        raise InvalidSettings(
            f"{name}: {text!r} is not valid; set it to a number such as {default}"
        )
    return int(text or default)
