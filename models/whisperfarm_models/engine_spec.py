"""The engines, and the models that each uses. Engines are not imported here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSpec:
    """An engine. `package` is its Python library, installed by the extra `extra` of whisperfarm.

    `detectors` are the voice activity models that it runs, the default first. `aligns` and
    `diarizes` say whether it uses aligners and diarizers.
    """

    name: str
    package: str
    extra: str
    detectors: tuple[str, ...]
    aligns: bool
    diarizes: bool

    def detector(self, preset: Preset) -> str:
        """Return the voice activity model of a preset, whether the engine runs it or not."""
        return preset.vad or self.detectors[0]


WHISPERX = EngineSpec(
    name="whisperx",
    package="whisperx",
    extra="worker",
    detectors=("pyannote", "silero"),
    aligns=True,
    diarizes=True,
)
FASTER_WHISPER = EngineSpec(
    name="faster-whisper",
    package="faster_whisper",
    extra="edge",
    detectors=("silero",),
    aligns=False,
    diarizes=False,
)
ENGINES = (WHISPERX, FASTER_WHISPER)
"""All engines. The first installed one is the default."""


def by_name(name: str) -> EngineSpec:
    return next(spec for spec in ENGINES if spec.name == name)


def resolve(setting: str, *, find_package: Callable[[str], Any] = find_spec) -> EngineSpec:
    """Return the engine of a setting, `auto` or a name.

    `auto` is the first installed engine, or the first of all if none is installed.
    """
    candidates = _candidates(setting)
    return next(
        (spec for spec in candidates if find_package(spec.package) is not None), candidates[0]
    )


def select(setting: str, *, find_package: Callable[[str], Any] = find_spec) -> EngineSpec:
    """Return the engine of a setting. Raises `InvalidSettings` if it is not installed."""
    spec = resolve(setting, find_package=find_package)
    if find_package(spec.package) is not None:
        return spec
    extras = " or ".join(f"pip install 'whisperfarm[{one.extra}]'" for one in _candidates(setting))
    raise InvalidSettings(
        f"WHISPERFARM_ENGINE: {setting}: this needs an engine that is not installed; run {extras}"
    )


def _candidates(setting: str) -> tuple[EngineSpec, ...]:
    return ENGINES if setting == "auto" else (by_name(setting),)
