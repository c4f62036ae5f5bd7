"""Names that the caller gives to the channels of a recording, such as `agent,customer`."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.printable import printable

MAX_NAMES = 16
MAX_NAME_CHARS = 60

_NAME_OF_THE_FARM = re.compile(r"SPEAKER_\d+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ChannelNames:
    """Names separated by commas, the first for channel 0; the value has no spaces around them.

    Each is printable, without the `<` and `>` of subtitle marks, and different from the others and
    from the names that the farm gives.
    """

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise ValueError("the value is not a list of names such as agent,customer")
        names = [name.strip() for name in raw.split(",")]
        if len(names) > MAX_NAMES:
            raise ValueError(f"the list has {len(names)} names; shorten it to {MAX_NAMES}")
        for name in names:
            check_name(name)
        check_repetition(names)
        return ",".join(names)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": MAX_NAMES * (MAX_NAME_CHARS + 1)}


def check_name(name: str) -> None:
    """Raise `ValueError` unless the name can be that of a speaker."""
    if not 0 < len(name) <= MAX_NAME_CHARS:
        raise ValueError(f"a name has {len(name)} characters; give each 1 to {MAX_NAME_CHARS}")
    if printable(name) != name or "<" in name or ">" in name:
        raise ValueError("a name has unprintable characters, < or >; remove them")
    if is_name_of_farm(name):
        raise ValueError(f"{name} is a name that the farm gives to speakers; choose another")


def is_name_of_farm(name: str) -> bool:
    """Return whether the farm gives names like this to speakers."""
    return bool(_NAME_OF_THE_FARM.fullmatch(name))


def check_repetition(names: list[str]) -> None:
    """Raise `ValueError` if a name is in the list more than once."""
    for name, count in Counter(names).most_common(1):
        if count > 1:
            raise ValueError(f"{name!r} is in the list {count} times; give each its own name")
