"""Write docker/constraints.txt: the versions of all that the farm needs, as installed here."""

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_FILE = Path(__file__).with_name("constraints.txt")
_LEFT_OUT = ("nvidia-", "setuptools", "whisperfarm")
"""Torch names its CUDA packages by exact version; the others are no choice of ours."""


def walk(wanted: Requirement, seen: dict[str, str], extras: set[tuple[str, str]]) -> None:
    """Note the version of a requirement and of all that it asks for in turn."""
    name = canonicalize_name(wanted.name)
    try:
        found = distribution(wanted.name)
    except PackageNotFoundError:
        return  # for another platform, or of an extra that is not installed
    seen[name] = found.version
    new = {(name, extra) for extra in {"", *wanted.extras}} - extras
    extras |= new
    for _, extra in sorted(new):
        for line in found.requires or []:
            asked = Requirement(line)
            if asked.marker is None or asked.marker.evaluate({"extra": extra}):
                walk(asked, seen, extras)


def pins() -> Iterator[str]:
    """One line for each package, by name."""
    seen: dict[str, str] = {}
    walk(Requirement("whisperfarm[farm,traces]"), seen, set())
    for name in sorted(seen):
        if not name.startswith(_LEFT_OUT):
            yield f"{name}=={seen[name]}"


def main() -> None:
    """Keep the comment at the top and write the rest."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    comment = [line for line in lines if line.startswith("#")]
    _FILE.write_text("\n".join([*comment, *pins()]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
