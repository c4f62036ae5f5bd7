"""The engines and diarizers by their names in profiles.

A name is a well-known one from this table, a preset of the farm, or a diarizer of the farm.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from whisperfarm_contract.diarizers import PYANNOTE, SENKO
from whisperfarm_contract.presets import DISTILLED_MODELS, PRESETS, WHISPER_MODELS, Preset


@dataclass(frozen=True, slots=True)
class Engine:
    """A speech model: the preset with its settings, or why this farm cannot have it.

    `is_weak_in_noise`: another engine of the profile is preferred for noisy recordings.
    """

    preset: str = ""
    missing_because: str = ""
    is_weak_in_noise: bool = False


@dataclass(frozen=True, slots=True)
class Diarizer:
    """A diarizer: its models in order of preference, or why this farm cannot have it."""

    models: tuple[str, ...] = ()
    missing_because: str = ""


PYANNOTE_3_1 = "pyannote/speaker-diarization-3.1"

_NEMO = "it needs NVIDIA NeMo, and no engine of this farm runs that"

_ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        **{f"whisper_{name}".replace("-", "_"): Engine(name) for name in WHISPER_MODELS},
        **{
            name.replace("distil-", "distil_whisper_").replace("-", "_"): Engine(name)
            for name in DISTILLED_MODELS
        },
        "nvidia_parakeet_tdt_0.6b_v3": Engine("parakeet", is_weak_in_noise=True),
        "nvidia_parakeet_tdt_0.6b_v2": Engine("parakeet-en", is_weak_in_noise=True),
        "nvidia_canary_1b_v2": Engine("canary"),
        "nvidia_canary_qwen_2.5b": Engine(missing_because=_NEMO),
        "nvidia_canary_1b_flash": Engine(missing_because=_NEMO),
        "kyutai_2.6b": Engine(missing_because="it is for live transcription only"),
        "kyutai_1b": Engine(missing_because="it is for live transcription only"),
    }
)  # fmt: skip

_DIARIZERS: Mapping[str, Diarizer] = MappingProxyType(
    {
        "pyannote": Diarizer((PYANNOTE,)),
        "pyannote_audio_v3.1": Diarizer((PYANNOTE_3_1, PYANNOTE)),
        "pyannote_community_1": Diarizer((PYANNOTE,)),
        "senko": Diarizer((SENKO,)),
        "nvidia_sortformer_streaming": Diarizer(missing_because=_NEMO),
        "nvidia_sortformer": Diarizer(missing_because=_NEMO),
        "picovoice_falcon": Diarizer(
            missing_because="it needs a licence of Picovoice, and this farm has no engine for it"
        ),
    }
)

_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)+", re.ASCII)
"""A repository, or a folder below that of the models: nothing outside it."""

_WEAK_PRESETS = ("parakeet", "parakeet-en")


def engine(name: str, presets: Mapping[str, Preset] = PRESETS) -> Engine | None:
    """Return the engine of a name, or `None` if the name is unknown."""
    known = _ENGINES.get(_normal(name, _ENGINES))
    if known is not None:
        return known
    preset = name if name in presets else _normal(name, presets)
    return Engine(preset, is_weak_in_noise=preset in _WEAK_PRESETS) if preset in presets else None


def diarizer(name: str) -> Diarizer | None:
    """Return the diarizer of a name, or `None` if the name is unknown.

    A name with a slash is a repository or folder with a pyannote pipeline.
    """
    known = _DIARIZERS.get(_normal(name, _DIARIZERS))
    return known or (Diarizer((name,)) if _REPOSITORY.fullmatch(name) else None)


def nearest_engine(name: str, presets: Mapping[str, Preset] = PRESETS) -> str:
    """Return the most similar name of an engine."""
    return _nearest(name, (*_ENGINES, *presets))


def nearest_diarizer(name: str) -> str:
    """Return the most similar name of a diarizer."""
    return _nearest(name, _DIARIZERS)


def _normal(name: str, known: Mapping[str, object]) -> str:
    """Return the name in the table that differs only in case, hyphens and underscores."""
    spelt = _spelling(name)
    return next((one for one in known if _spelling(one) == spelt), name)


def _spelling(name: str) -> str:
    return name.lower().replace("-", "_")


def _nearest(name: str, known: Iterable[str]) -> str:
    return difflib.get_close_matches(_spelling(name), list(known), n=1, cutoff=0.0)[0]
