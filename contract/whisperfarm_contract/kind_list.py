"""The kinds of data that a caller names to be masked."""

import re
from dataclasses import dataclass
from typing import Any

_LIST = r" *[a-z][a-z0-9-]*( *, *[a-z][a-z0-9-]*)* *"


@dataclass(frozen=True, slots=True)
class KindList:
    """Names of kinds separated by commas; the value has them in alphabetical order.

    Which kinds there are, the dispatcher knows: an operator may define some.
    """

    max_length: int = 2000

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str) or not re.fullmatch(_LIST, raw.lower()):
            raise ValueError(f"{raw!r} is not a list of kinds such as card,phone")
        if len(raw) > self.max_length:
            raise ValueError(f"the list has {len(raw)} characters; shorten it to 2000")
        return ",".join(sorted({name.strip() for name in raw.lower().split(",")}))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": self.max_length}
