"""Print what extras of a pyproject.toml ask for, one requirement a line.

Dependencies make a layer of their own, which code does not touch: they are installed from this
list, before any code is there.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

_OWN = re.compile(r"whisperfarm\[(?P<extras>[^]]+)\]")


def requirements(extras: list[str], table: dict[str, list[str]]) -> Iterator[str]:
    """What the extras ask for, with the extras that they name in turn."""
    for extra in extras:
        for line in table[extra]:
            own = _OWN.fullmatch(line)
            if own:
                yield from requirements(own["extras"].split(","), table)
            else:
                yield line


def main() -> None:
    """`requirements.py PYPROJECT EXTRA...`"""
    project = tomllib.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["project"]
    found = requirements(sys.argv[2:], project["optional-dependencies"])
    print("\n".join(dict.fromkeys(found)))


if __name__ == "__main__":
    main()
