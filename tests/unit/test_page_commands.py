"""Commands of the pages that print JSON."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs"
COMMANDS = sorted(
    command
    for page in PAGES.rglob("*.md")
    for command in re.findall(r"`(python -c '[^']*json[^']*')`", page.read_text("utf-8"))
)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_prints_json(command: str) -> None:
    _, *arguments = shlex.split(command)
    printed = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=True
    ).stdout
    assert json.loads(printed)["type"] == "object"


def test_pages_have_such_commands() -> None:
    assert COMMANDS != []
