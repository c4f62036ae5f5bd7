"""Names of the output files: never two recordings onto one, and never onto a recording."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping

from whisperfarm_client.output_names import fold
from whisperfarm_contract.problems import InvalidOption


def assign(
    places: Mapping[str, str], extensions: Collection[str], *, assigned: Mapping[str, str]
) -> dict[str, str]:
    """Return the name of each recording's output files without the extension, by its path.

    `places` are the paths of the recordings in the tree of the output. `a/call.wav` becomes
    `a/call`. Recordings that would share a name, such as `c.mp3` and `c.m4a`, keep their whole
    names. Names that an earlier run has `assigned` stay. Names that differ only in case count as
    the same: many file systems do not keep them apart. Raises `InvalidOption` if none is left.
    """
    names = {path: assigned[path] for path in places if path in assigned}
    taken = {fold(name) for name in assigned.values()}
    recordings = {fold(place) for place in places.values()}

    def is_free(name: str) -> bool:
        outputs = (fold(f"{name}.{extension}") for extension in extensions)
        return fold(name) not in taken and recordings.isdisjoint(outputs)

    for choose in (_stem, _whole, _numbered):
        candidates = {
            path: choose(path, place) for path, place in places.items() if path not in names
        }
        names |= dict(_distinct(candidates, is_free))
        taken |= {fold(name) for name in names.values()}
    for path in places.keys() - names.keys():
        raise InvalidOption(f"{path}: all names for its output are taken; rename the recording")
    return names


def _distinct(
    candidates: Mapping[str, str], is_free: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    users = Counter(map(fold, candidates.values()))
    for path, name in candidates.items():
        if users[fold(name)] == 1 and is_free(name):
            yield path, name


def _stem(_path: str, place: str) -> str:
    return os.path.splitext(place)[0]


def _whole(_path: str, place: str) -> str:
    return place


def _numbered(path: str, place: str) -> str:
    """Return the whole name with a digest of the path: two names may differ in case alone."""
    return f"{place}.{hashlib.sha256(os.fsencode(path)).hexdigest()[:8]}"
