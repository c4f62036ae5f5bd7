"""The engines, and the models that each uses. Engines are not imported here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from whisperfarm_contract.problems import SettingsWrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An engine. `package` is its library, `extra` the extra of whisperfarm that installs it.

    `voice_activity` is the file of the voice activity model below the package's `assets`. `aligns`
    and `diarizes` say whether the engine uses models for that.
    """

    name: str
    package: str
    extra: str
    voice_activity: str
    aligns: bool
    diarizes: bool


WHISPERX = Kind(
    name="whisperx",
    package="whisperx",
    extra="worker",
    voice_activity="pytorch_model.bin",
    aligns=True,
    diarizes=True,
)
FASTER_WHISPER = Kind(
    name="faster-whisper",
    package="faster_whisper",
    extra="edge",
    voice_activity="silero_vad_v6.onnx",
    aligns=False,
    diarizes=False,
)
KINDS = (WHISPERX, FASTER_WHISPER)
"""All engines. The first installed one is the default."""


def named(name: str) -> Kind:
    return next(kind for kind in KINDS if kind.name == name)


def meant(wanted: str, *, find: Callable[[str], Any] = find_spec) -> Kind:
    """Resolve the setting, `auto` or a name. If none is installed, returns the preferred one."""
    asked = _asked(wanted)
    return next((kind for kind in asked if find(kind.package) is not None), asked[0])


def choose(wanted: str, *, find: Callable[[str], Any] = find_spec) -> Kind:
    """Resolve the setting for a worker. Raises `SettingsWrong` if the engine is not installed."""
    kind = meant(wanted, find=find)
    if find(kind.package) is not None:
        return kind
    extras = " or ".join(f"pip install 'whisperfarm[{one.extra}]'" for one in _asked(wanted))
    raise SettingsWrong(f"WHISPERFARM_ENGINE: {wanted}: no such engine is installed; run {extras}")


def _asked(wanted: str) -> tuple[Kind, ...]:
    return KINDS if wanted == "auto" else (named(wanted),)
