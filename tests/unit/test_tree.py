"""The tree agrees with its documents: ARCHITECTURE.md and the docstrings of packages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import PACKAGES, ROOT

FOLDERS = sorted(
    found.parent.relative_to(ROOT).as_posix()
    for package in PACKAGES
    if package != "demo/whisperfarm_demo"  # a few files and the models
    for found in (ROOT / package).rglob("__init__.py")
)


def _modules(package: Path) -> Iterator[str]:
    for found in package.iterdir():
        if found.suffix == ".py" and not found.name.startswith("__"):
            yield found.stem
        elif found.is_dir() and any(found.glob("*.py")):
            yield found.name


def _docstring(package: Path) -> str:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    return ast.get_docstring(tree) or ""


def _names(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


@pytest.mark.parametrize("folder", FOLDERS)
def test_package_docstring_lists_its_modules(folder: str) -> None:
    docstring = _docstring(ROOT / folder)
    modules = set(_modules(ROOT / folder))
    items = re.findall(r"^- (.*?): ", docstring, re.MULTILINE)
    assert modules <= _names(docstring)
    assert _names(" ".join(items)) <= modules


def test_architecture_names_paths_that_exist() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


SHARED = {"servers", "support"}
"""The test folders that others may import from."""

TEST_FOLDERS = sorted(
    found.name for found in (ROOT / "tests").iterdir() if any(found.rglob("*.py"))
)


def _imported(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


@pytest.mark.parametrize("folder", TEST_FOLDERS)
def test_tests_import_from_their_own_folder_and_from_shared_ones(folder: str) -> None:
    sources = (ROOT / "tests" / folder).rglob("*.py")
    names = {name for source in sources for name in _imported(source)}
    folders = {name.split(".")[1] for name in names if name.startswith("tests.")}
    assert folders <= {folder, *SHARED}
