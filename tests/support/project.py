"""The project's metadata from pyproject.toml."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

_PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

PROJECT: dict[str, Any] = _PYPROJECT["project"]
VERSION: str = PROJECT["version"]
PACKAGES: list[str] = _PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
"""The folders of the packages, relative to the root of the repository."""
