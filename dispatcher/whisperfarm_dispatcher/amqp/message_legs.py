"""Reads the member `legs` of a job message: several recordings of one call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from whisperfarm_contract.legs import MAX_LEGS, MIN_LEGS, OPTIONS, label
from whisperfarm_contract.problems import InvalidOption


@dataclass(frozen=True, slots=True)
class MessageLeg:
    """A leg as a message has it. `audio` names its recording like the member `audio`."""

    audio: Mapping[str, Any] = field(repr=False)
    offset_s: float
    name: str


def read(legs: Any) -> list[MessageLeg]:
    """Return the legs. Raises `InvalidOption`."""
    if not isinstance(legs, list) or not MIN_LEGS <= len(legs) <= MAX_LEGS:
        raise InvalidOption(
            f"legs: send a list of {MIN_LEGS} to {MAX_LEGS} objects, each with one of the members"
            " base64, blob, url, and with offset_s"
        )
    return [_leg(number, leg) for number, leg in enumerate(legs)]


def options(legs: Sequence[MessageLeg]) -> dict[str, str]:
    """Return the options of the job for these legs."""
    offsets, names = OPTIONS
    return {
        offsets: ",".join(str(leg.offset_s) for leg in legs),
        **({names: ",".join(leg.name for leg in legs)} if any(leg.name for leg in legs) else {}),
    }


def _leg(number: int, leg: Any) -> MessageLeg:
    if not isinstance(leg, dict):
        raise InvalidOption(f"legs: {label(number)} is not an object")
    audio = {name: value for name, value in leg.items() if name not in ("offset_s", "name")}
    offset_s, name = leg.get("offset_s"), leg.get("name") or ""
    if isinstance(offset_s, bool) or not isinstance(offset_s, int | float):
        raise InvalidOption(f"legs: {label(number)} has no number as offset_s; set the second")
    if not isinstance(name, str) or "," in name:
        raise InvalidOption(f"legs: the name of {label(number)} is not text without a comma")
    return MessageLeg(audio, offset_s, name)
