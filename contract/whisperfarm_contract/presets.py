"""Presets: a name for a speech model with what comes after it.

A bare Whisper model name (`small`, `large-v3` ...) is accepted wherever a preset is, and means that
model with word alignment, as `whisper --word_timestamps True` would.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from whisperfarm_contract.languages import code_of
from whisperfarm_contract.problems import ModelUnknown, SettingsWrong

LONGEST_CHUNK_S = 30.0
"""What Whisper's window holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What a worker loads and does for one preset.

    `asr`, `aligner` and `diarizer` name models: a Whisper size, a hub repository or a folder below
    the models folder. `aligner` empty means the language's usual one. `chunk_s` is the longest
    stretch of speech, in seconds, that is given to the speech model at once (at most 30).
    """

    name: str
    asr: str
    align: bool = True
    aligner: str = ""
    diarize: bool = False
    diarizer: str = "pyannote/speaker-diarization-community-1"
    languages: tuple[str, ...] = ()
    """The only languages this preset can do, as codes; empty: all that Whisper knows."""
    chunk_s: float = 30.0
    about: str = ""


WHISPER_MODELS: tuple[str, ...] = (
    "tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en",
    "large-v1", "large-v2", "large-v3", "large", "large-v3-turbo", "turbo",
)  # fmt: skip
"""The names that the `whisper` command accepts for `--model`."""

_NAMED = (
    Preset(
        name="demo",
        asr="demo/asr",
        aligner="demo/align-en",
        diarize=True,
        diarizer="demo/diarize",
        languages=("en",),
        chunk_s=8.0,
        about="small models of a closed English vocabulary, shipped inside the package",
    ),
    Preset(
        name="demo-words",
        asr="demo/asr",
        aligner="demo/align-en",
        languages=("en",),
        chunk_s=8.0,
        about="the demo without speakers, for workers that can not tell them apart",
    ),
    Preset(name="fast", asr="tiny", about="tiny, words aligned"),
    Preset(name="balanced", asr="small", about="small, words aligned"),
    Preset(name="high", asr="medium", diarize=True, about="medium, words aligned, speakers"),
    Preset(name="premium", asr="large-v3", diarize=True, about="large-v3, words aligned, speakers"),
)


def _bare(model: str) -> Preset:
    english_only = ("en",) if model.endswith(".en") else ()
    return Preset(name=model, asr=model, languages=english_only, about=f"{model}, words aligned")


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {preset.name: preset for preset in (*_NAMED, *map(_bare, WHISPER_MODELS))}
)


def find(name: str, presets: Mapping[str, Preset] = PRESETS) -> Preset:
    """The preset of that name, or `ModelUnknown` naming those that there are."""
    try:
        return presets[name]
    except KeyError:
        raise ModelUnknown(
            f"no model or preset is called {name!r}; known: {', '.join(presets)}"
        ) from None


def with_own(path: Path | None) -> Mapping[str, Preset]:
    """The table, with the operator's own presets from a TOML file added or put in place.

    The file has one table per preset: `[callcentre-de]`, `asr = "large-v3"`, `diarize = true` ...
    """
    if path is None:
        return PRESETS
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"the presets file {path} can not be read: {error}") from error
    own = {name: _from_table(path, name, table) for name, table in tables.items()}
    return MappingProxyType({**PRESETS, **own})


_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "asr": str, "align": bool, "aligner": str, "diarize": bool, "diarizer": str,
    "languages": list, "chunk_s": (int, float), "about": str,
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _from_table(path: Path, name: str, table: Any) -> Preset:
    where = f"the presets file {path}, [{name}]"
    if not _NAME.fullmatch(name):
        raise SettingsWrong(f"{where}: a name may have letters, digits and . _ -")
    if not isinstance(table, dict) or "asr" not in table:
        raise SettingsWrong(f"{where}: a table with at least `asr` is needed")
    for key, value in table.items():
        _check_kind(where, key, value)
    chunk_s = table.get("chunk_s", LONGEST_CHUNK_S)
    if not 1 <= chunk_s <= LONGEST_CHUNK_S:
        raise SettingsWrong(f"{where}: chunk_s is from 1 to {LONGEST_CHUNK_S:g}, not {chunk_s:g}")
    languages = _codes(where, table.get("languages", []))
    return Preset(**{**table, "name": name, "languages": languages})


def _check_kind(where: str, key: str, value: Any) -> None:
    if key not in _KINDS:
        raise SettingsWrong(f"{where}: unknown key {key!r}; known: {', '.join(sorted(_KINDS))}")
    is_switch = _KINDS[key] is bool
    if not isinstance(value, _KINDS[key]) or isinstance(value, bool) is not is_switch:
        raise SettingsWrong(f"{where}: {key} has the wrong type ({type(value).__name__})")


def _codes(where: str, languages: list[Any]) -> tuple[str, ...]:
    try:
        return tuple(code_of(str(language)) for language in languages)
    except ValueError as error:
        raise SettingsWrong(f"{where}: languages: {error}") from None
