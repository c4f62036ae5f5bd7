"""Which engines there are, and what each wants of the models; nothing heavy is imported here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from whisperfarm_contract.problems import SettingsWrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of engine. `package` is the library that it is made of.

    `voice_activity` is the file, below the package's `assets`, that tells speech from silence;
    `aligns` and `diarizes` say whether it uses models for that.
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
"""The first one that is installed is taken, unless the settings name one."""


def named(name: str) -> Kind:
    """The kind of that name."""
    return next(kind for kind in KINDS if kind.name == name)


def meant(wanted: str, *, find: Callable[[str], Any] = find_spec) -> Kind:
    """The kind of a setting: `auto`, or a name. Where none is installed, the one that would be."""
    asked = _asked(wanted)
    return next((kind for kind in asked if find(kind.package) is not None), asked[0])


def choose(wanted: str, *, find: Callable[[str], Any] = find_spec) -> Kind:
    """The same, for a worker. Raises `SettingsWrong` when it is not installed."""
    kind = meant(wanted, find=find)
    if find(kind.package) is not None:
        return kind
    extras = " or ".join(f"pip install 'whisperfarm[{one.extra}]'" for one in _asked(wanted))
    raise SettingsWrong(f"WHISPERFARM_ENGINE: {wanted} finds no engine on this machine: {extras}")


def _asked(wanted: str) -> tuple[Kind, ...]:
    return KINDS if wanted == "auto" else (named(wanted),)
