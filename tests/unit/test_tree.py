"""The tree as its documents describe it: ARCHITECTURE.md and the docstrings of packages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("contract", "store", "models", "dispatcher", "worker", "client", "farm")
PACKAGES = sorted(
    found.parent.relative_to(ROOT).as_posix()
    for part in PARTS
    for found in (ROOT / part).rglob("__init__.py")
)


def _modules(package: Path) -> Iterator[str]:
    for found in package.iterdir():
        if found.suffix == ".py" and not found.name.startswith("__"):
            yield found.stem
        elif found.is_dir() and any(found.glob("*.py")):
            yield found.name


def _named(package: Path) -> set[str]:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    items = re.findall(r"^- (.*?): ", ast.get_docstring(tree) or "", re.MULTILINE)
    return {name for item in items for name in re.findall(r"`(\w+)`", item)}


@pytest.mark.parametrize("package", PACKAGES)
def test_package_docstring_lists_its_modules(package: str) -> None:
    folder = ROOT / package
    listed = re.findall(r"`(\w+)`", ast.get_docstring(_tree(folder)) or "")
    assert set(_modules(folder)) <= set(listed)
    assert _named(folder) <= set(_modules(folder))


def _tree(package: Path) -> ast.Module:
    return ast.parse((package / "__init__.py").read_text(encoding="utf-8"))


def test_architecture_names_paths_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []
