"""A group of commands that imports each command when it is needed.

All commands together import the web framework, the migrations and more, which takes over a second.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from whisperfarm.permissions import PermittedGroup


class LazyGroup(PermittedGroup):
    """A group whose `modules` map the names of further commands to modules that define them."""

    def __init__(self, *arguments: Any, modules: Mapping[str, str], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*self._modules, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._modules:
            return super().get_command(ctx, cmd_name)
        found: click.Command = getattr(import_module(self._modules[cmd_name]), cmd_name)
        return found
