"""The declaration of a log event."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc, signature
from typing import Generic, ParamSpec

import structlog

DISPATCHER = ("dispatcher",)
WORKER = ("worker",)
BOTH = ("dispatcher", "worker")
FLOWER = ("flower",)
FARM = ("farm",)
"""Values of `components`: which processes log an event."""

ATTEMPT = ("job", "attempt")
"""Fields that are bound while a worker makes an attempt; the call does not repeat them."""

Fields = ParamSpec("Fields")

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Event(Generic[Fields]):
    """An event: its name and level, the components that log it, its fields and its meaning.

    With `traceback`, the log line includes that of the exception that is being handled.
    """

    name: str
    level: int
    components: tuple[str, ...]
    fields: tuple[str, ...]
    meaning: str
    traceback: bool

    def log(self, *_: Fields.args, **fields: Fields.kwargs) -> None:
        """Log the event with these fields and those that are bound to the context."""
        if self.traceback:
            _log.log(self.level, self.name, exc_info=True, **fields)
        else:
            _log.log(self.level, self.name, **fields)

    @property
    def level_name(self) -> str:
        """The level as the settings and the log lines write it."""
        return logging.getLevelName(self.level).lower()


def event(
    level: int,
    components: tuple[str, ...],
    *,
    name: str = "",
    bound: tuple[str, ...] = (),
    traceback: bool = False,
) -> Callable[[Callable[Fields, None]], Event[Fields]]:
    """Declare an event by a function: its parameters are the fields, its docstring the meaning.

    The name is that of the module and the function, `attempt.started`, unless `name` is given.
    `bound` are fields that come from the context.
    """

    def declare(function: Callable[Fields, None]) -> Event[Fields]:
        noun = function.__module__.rpartition(".")[2]
        return Event(
            name=name or f"{noun}.{function.__name__}",
            level=level,
            components=components,
            fields=(*bound, *signature(function).parameters),
            meaning=" ".join(cleandoc(function.__doc__ or "").split()),
            traceback=traceback,
        )

    return declare
