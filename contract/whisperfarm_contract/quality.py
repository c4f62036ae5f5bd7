"""The qualities that a job may ask for, and which preset of the farm's profile serves each.

A profile names engines and diarizers by their use. Its presets are called `profile-<quality>`, and
`profile-<quality>-noisy` where noisy recordings get other models.
"""

from collections.abc import Container
from dataclasses import dataclass

QUALITIES = ("fast", "standard", "critical")
DEFAULT_QUALITY = "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Why a preset of a profile has its models.

    `profile` is the name of its file, `engine` and `diarizer` are names in it, `reason` says why
    they were chosen. `fallbacks` has one sentence for each that would have been chosen before them.
    """

    profile: str
    quality: str
    noisy: bool
    engine: str
    diarizer: str
    reason: str
    fallbacks: tuple[str, ...] = ()


def preset_name(quality: str, *, noisy: bool = False) -> str:
    """Return the name of the profile's preset."""
    return f"profile-{quality}-noisy" if noisy else f"profile-{quality}"


def find_preset(quality: str | None, noisy: bool | None, served: Container[str]) -> str | None:
    """Return the served preset for what a job asks for, or `None` if the farm serves none.

    A noisy recording gets the preset of other ones where there is none for noisy ones.
    """
    wanted = quality or DEFAULT_QUALITY
    names = [preset_name(wanted, noisy=True)] if noisy else []
    return next((name for name in (*names, preset_name(wanted)) if name in served), None)
