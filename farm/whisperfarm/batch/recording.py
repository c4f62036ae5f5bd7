"""A recording of a batch, before anything of it has been read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from whisperfarm_client import Leg

MISSING_BYTES = -1
"""The size of a recording that cannot be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording. `path` names it in the manifest; `location` is a file or an `s3://` URL.

    `path` is relative to the root of the source, or absolute if the recording lies elsewhere.
    `digest` is known without reading the recording in a bucket alone. If it is a call with `legs`,
    path and location are those of the first, size and time stand for all.
    """

    path: str
    location: str
    size_bytes: int
    modified_ns: int
    digest: str | None = None
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    legs: tuple[Leg, ...] = ()

    @property
    def options_digest(self) -> str:
        """A digest of the options and the legs: others make another job."""
        parts = [*sorted(self.options.items()), *self.legs]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
