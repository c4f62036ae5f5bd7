"""A group of commands that are imported when they are used: most need libraries that others do
not."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from whisperfarm.permissions import PermittedGroup


class LazyGroup(PermittedGroup):
    """A group whose commands are in modules of `package`.

    `modules` has the module of each command by the command's name. The name of the function is that
    of the command.
    """

    def __init__(
        self, *args: Any, package: str, modules: Mapping[str, str], **attributes: Any
    ) -> None:
        super().__init__(*args, **attributes)
        self._package = package
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._modules})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        module = import_module(f"{self._package}.{self._modules[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command
