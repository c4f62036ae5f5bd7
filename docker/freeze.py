"""Write docker/constraints.txt: the installed versions of the farm's dependencies."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_FILE = Path(__file__).with_name("constraints.txt")
_LEFT_OUT = ("nvidia-", "setuptools", "whisperfarm")
"""Torch pins its CUDA packages itself; setuptools and the farm must not be pinned."""


def walk(wanted: Requirement, seen: dict[str, str], extras: set[tuple[str, str]]) -> None:
    """Add the versions of a requirement and of its dependencies to `seen`."""
    name = canonicalize_name(wanted.name)
    try:
        found = distribution(wanted.name)
    except PackageNotFoundError:
        return  # needed only on another platform, or by an extra that is not installed
    seen[name] = found.version
    new = {(name, extra) for extra in {"", *wanted.extras}} - extras
    extras |= new
    for _, extra in sorted(new):
        for line in found.requires or []:
            asked = Requirement(line)
            if asked.marker is None or asked.marker.evaluate({"extra": extra}):
                walk(asked, seen, extras)


def pins() -> Iterator[str]:
    """Yield one line per package, sorted by name."""
    seen: dict[str, str] = {}
    walk(Requirement("whisperfarm[farm,traces]"), seen, set())
    for name in sorted(seen):
        if not name.startswith(_LEFT_OUT):
            yield f"{name}=={seen[name]}"


def main() -> None:
    """Write the versions below the file's comment."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    comment = [line for line in lines if line.startswith("#")]
    _FILE.write_text("\n".join([*comment, *pins()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
