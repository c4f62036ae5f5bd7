"""Commands with a wrong data folder say so, and make no farm in it."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from whisperfarm.command import cli
from whisperfarm_contract.problems import InvalidSettings

MAKE_A_FOLDER = {"up", "dispatcher", "worker", "migrate", "restore", "doctor"}
USE_ONLY_MODELS = {"evaluate", "models"}
ARGUMENTS = {
    "drain": ["--here"],
    "backup": ["{folder}/backup"],
    "custody erase": ["job"],
    "keys revoke": ["0123456789ab"],
    "keys rotate": ["0123456789ab"],
    "quarantine retry": ["job"],
}


def commands(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command that works with the data of an existing farm."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, *before, name)
        elif command and any(option.name == "data_dir" for option in command.params):
            yield (*before, name)


@pytest.mark.parametrize(
    "words",
    [one for one in commands(cli) if one[0] not in MAKE_A_FOLDER | USE_ONLY_MODELS],
    ids=" ".join,
)
def test_command_makes_no_farm(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path / "wrong"))
    further = [one.format(folder=tmp_path) for one in ARGUMENTS.get(" ".join(words), [])]
    ended = CliRunner().invoke(cli, [*words, *further])
    assert isinstance(ended.exception, InvalidSettings), ended.output
    assert ended.exception.detail.startswith(
        f"there is no farm in {tmp_path / 'wrong'}; name its folder with --data-dir"
    )
    assert list(tmp_path.iterdir()) == []
