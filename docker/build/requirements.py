"""Print the requirements of a pyproject.toml's extras, one per line.

The image installs dependencies from this list before it copies the code, so that a change of the
code does not rebuild their layer.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

_OWN = re.compile(r"whisperfarm\[(?P<extras>[^]]+)\]")


def requirements(extras: list[str], table: dict[str, list[str]]) -> Iterator[str]:
    """Yield the requirements of the extras, and of the extras that these name."""
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
