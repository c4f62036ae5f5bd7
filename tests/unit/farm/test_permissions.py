"""The table of commands has exactly the commands of `whisperfarm`."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from whisperfarm.command import cli
from whisperfarm.permissions import COMMANDS, PermittedGroup
from whisperfarm_dispatcher.api.permissions import ROUTES

ROUTE_OF_COMMAND = {
    "batch": "submit_job",
    "jobs list": "list_jobs",
    "jobs show": "get_job",
    "jobs cancel": "cancel_job",
    "jobs retry": "retry_job",
    "jobs rerun": "retry_job",
    "jobs result": "get_result",
    "custody export": "get_custody",
    "jobs revisions": "list_revisions",
    "jobs correct": "correct_transcript",
    "jobs approve": "approve_revision",
    "jobs hold": "hold_job",
    "jobs release": "release_job",
    "jobs erase": "erase_job",
    "speakers enrol": "enrol_speaker",
    "speakers list": "list_speakers",
    "speakers erase": "erase_speaker",
    "watch": "submit_job",
    "presets": "list_presets",
    "siprec check": "submit_job",
    "pause": "set_pause",
    "resume": "end_pause",
}


def words(group: click.Group, prefix: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            assert isinstance(command, PermittedGroup)
            yield from words(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"


def test_each_command_has_a_row() -> None:
    assert isinstance(cli, PermittedGroup)
    assert set(words(cli)) == COMMANDS.keys()


def test_commands_need_the_permissions_of_their_routes() -> None:
    of_routes = {words: ROUTES[route] for words, route in ROUTE_OF_COMMAND.items()}
    assert {words: one for words, one in COMMANDS.items() if one is not None} == of_routes


@pytest.mark.parametrize("line", [("secret",), ("inner", "secret")])
def test_command_without_a_row_is_refused(line: tuple[str, ...]) -> None:
    root, inner = PermittedGroup("whisperfarm"), PermittedGroup("inner")
    root.add_command(inner)
    for group in (root, inner):
        group.add_command(click.Command("secret", callback=lambda: click.echo("done")))
    ended = CliRunner().invoke(root, line)
    assert ended.exit_code == 2
    assert f"does not have the command '{' '.join(line)}'" in ended.stderr
