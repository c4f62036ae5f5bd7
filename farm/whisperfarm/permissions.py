"""The permission that each command requires. A command that is missing here is refused.

Commands with a permission send requests to a farm, which checks the API key. The others work on
this machine with the farm's own database, or only with this machine.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import click

from whisperfarm_contract.permissions import Permission

COMMANDS: Mapping[str, Permission | None] = MappingProxyType(
    {
        **dict.fromkeys(("batch", "watch", "siprec check"), Permission.SUBMIT_JOBS),
        **dict.fromkeys(("jobs retry", "jobs rerun"), Permission.SUBMIT_JOBS),
        "jobs list": Permission.READ_JOBS,
        "jobs show": Permission.READ_JOBS,
        "jobs cancel": Permission.CANCEL_JOBS,
        "jobs revisions": Permission.READ_TRANSCRIPTIONS,
        "jobs correct": Permission.WRITE_ANNOTATIONS,
        "jobs approve": Permission.APPROVE_CRITICAL_CASES,
        **dict.fromkeys(("jobs hold", "jobs release"), Permission.HOLD_JOBS),
        "jobs erase": Permission.ERASE_JOBS,
        "jobs result": Permission.READ_TRANSCRIPTIONS,
        **dict.fromkeys(
            ("speakers enrol", "speakers list", "speakers erase"), Permission.ENROL_SPEAKERS
        ),
        "custody export": Permission.READ_CUSTODY,
        "presets": Permission.READ_JOBS,
        "pause": Permission.OPERATE_FARM,
        "resume": Permission.OPERATE_FARM,
        **dict.fromkeys(
            (
                "up",
                "dispatcher",
                "worker",
                "flower",
                "demo",
                "doctor",
                "hub status",
                "evaluate",
                "settings",
                "plan",
            )
        ),
        **dict.fromkeys(("workers", "drain", "migrate", "quarantine list", "quarantine retry")),
        **dict.fromkeys(("keys create", "keys list", "keys revoke", "keys rotate", "usage")),
        **dict.fromkeys(("custody key", "custody root", "custody verify", "custody verify-ledger")),
        **dict.fromkeys(("custody erase", "audit list", "audit verify")),
        **dict.fromkeys(("index rebuild", "index remove")),
        **dict.fromkeys(("encryption new-key", "encryption renew")),
        **dict.fromkeys(("fsck", "backup", "restore", "models time-load")),
        **dict.fromkeys(("models list", "models pull", "models verify", "models inventory")),
    }
)
"""Permissions by the words of the command. `None`: no API key is used."""


class PermittedGroup(click.Group):
    """A group that refuses commands without a row in `COMMANDS`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not isinstance(command, click.Group):
            check_listed(command_words(ctx, name or ""))
        return name, command, rest


def check_listed(words: str) -> None:
    """Raise `click.UsageError` if the table does not have the command."""
    if words not in COMMANDS:
        raise click.UsageError(f"the table of permissions does not have the command {words!r}")


def command_words(group: click.Context, name: str) -> str:
    """Return the words of a command after the program's name."""
    words: list[Any] = [name]
    while group.parent is not None:
        words.insert(0, group.info_name)
        group = group.parent
    return " ".join(map(str, words))
