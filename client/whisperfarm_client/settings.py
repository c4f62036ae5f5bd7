"""The settings of one run: flags take precedence over the environment, then the defaults.

Named tuples instead of dataclasses, whose import takes longer than the rest of the start.
"""

import os
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from whisperfarm_client import address
from whisperfarm_client.address import Address
from whisperfarm_client.arg_types import duration_s, siprec_timeout_s, truth, whole
from whisperfarm_contract.problems import SettingsWrong

VARIABLES: Mapping[str, Callable[[str], Any]] = {
    "WHISPERFARM_URL": str,
    "WHISPERFARM_API_KEY": str,
    "WHISPERFARM_API_KEY_FILE": str,
    "WHISPERFARM_CA_FILE": str,
    "WHISPERFARM_TIMEOUT": duration_s,
    "WHISPERFARM_CONNECT_TIMEOUT": duration_s,
    "WHISPER_TIMEOUT": siprec_timeout_s,
    "WHISPERFARM_SAMPLE_RATE": whole,
    "WHISPERFARM_ENCODING": str,
    "WHISPERFARM_CHANNELS": str,
    "WHISPERFARM_DIARIZE": truth,
    "WHISPERFARM_SILENCE_TEXT": str,
    "WHISPERFARM_DEADLINE": duration_s,
    "WHISPERFARM_CACHE": truth,
    "WHISPERFARM_SPEAKER_LABELS": truth,
}
"""The environment variables and their parsers; docs/reference/whisper-remote.md explains them."""

DEFAULT_URL = "http://127.0.0.1:8000"
DEFAULT_TIMEOUT_S = 24 * 3600.0
DEFAULT_CONNECT_S = 30.0

_OPTIONS = (
    "model", "task", "language", "initial_prompt", "beam_size", "patience", "length_penalty",
    "diarize", "num_speakers", "min_speakers", "max_speakers", "channels", "encoding",
    "sample_rate",
)  # fmt: skip
"""The flags that are options of the job under the same name."""

_LAYOUT = ("highlight_words", "max_line_width", "max_line_count", "max_words_per_line")


class Settings(NamedTuple):
    """The settings. `kill_after_s` is the process age at which the caller kills this process."""

    audio: Sequence[str]
    output_dir: str
    output_format: str
    verbose: bool | None
    address: Address
    key: str | None
    ca_file: str | None
    timeout_s: float | None
    kill_after_s: float | None
    connect_s: float
    options: Mapping[str, str]
    layout: Mapping[str, Any]
    silence_text: str | None


def read(flags: Namespace, environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises `SettingsWrong` with the name of the variable."""
    own = {name: _variable(name, environ) for name in VARIABLES}
    given = vars(flags)

    def pick(name: str, default: Any = None) -> Any:
        values = (given.get(name), own.get(f"WHISPERFARM_{name.upper()}"), default)
        return next((value for value in values if value is not None), None)

    return Settings(
        audio=flags.audio,
        output_dir=flags.output_dir,
        output_format=flags.output_format,
        verbose=flags.verbose,
        address=address.parse(pick("url", DEFAULT_URL)),
        key=_key(flags.api_key_file, own),
        ca_file=own["WHISPERFARM_CA_FILE"],
        timeout_s=pick("timeout", DEFAULT_TIMEOUT_S) or None,
        kill_after_s=own["WHISPER_TIMEOUT"] or None,
        connect_s=pick("connect_timeout", DEFAULT_CONNECT_S),
        options={
            **_options({name: pick(name) for name in _OPTIONS}, flags),
            **_terms(deadline_s=pick("deadline"), cache=not flags.no_cache and pick("cache", True)),
        },
        # `whisper` takes 0 as no limit.
        layout={
            **{name: given[name] or None for name in _LAYOUT},
            "highlight_words": bool(flags.highlight_words),
            "speaker_labels": bool(pick("speaker_labels")),
        },
        silence_text=pick("silence_text"),
    )


def _variable(name: str, environ: Mapping[str, str]) -> Any:
    text = environ.get(name, "").strip()
    if not text:
        return None
    try:
        return VARIABLES[name](text)
    except ArgumentTypeError as error:
        raise SettingsWrong(f"{name}: {error}") from None


def _options(values: Mapping[str, Any], flags: Namespace) -> dict[str, str]:
    if flags.word_timestamps:
        values = {**values, "align": True}
    return {name: str(value) for name, value in values.items() if value not in (None, "")}


def _terms(*, deadline_s: float | None, cache: bool) -> dict[str, str]:
    """Return only values that differ from their defaults: an older farm rejects unknown ones."""
    given = {"deadline_s": f"{deadline_s:g}"} if deadline_s else {}
    return given if cache else {**given, "cache": "false"}


def _key(path: str | None, own: Mapping[str, Any]) -> str | None:
    """Return the API key from the flag's file, else the variable, else the variable's file."""
    if path is None and own["WHISPERFARM_API_KEY"] is not None:
        return _sendable(own["WHISPERFARM_API_KEY"], "WHISPERFARM_API_KEY")
    path = path or own["WHISPERFARM_API_KEY_FILE"]
    if path is None:
        return None
    try:
        with open(path, encoding="utf-8") as file:
            return _sendable(file.read().strip(), f"the key file {path}")
    except (OSError, UnicodeDecodeError) as error:
        reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else "it is not text"
        raise SettingsWrong(f"the key file {path} cannot be read: {reason}") from error


def _sendable(key: str, where: str) -> str:
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsWrong(f"{where}: invalid key; use printable ASCII characters, no spaces")
    return key
