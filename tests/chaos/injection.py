"""Killing this very process when it reaches a point. Only processes of the tests can do so."""

import functools
import importlib
import inspect
import json
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, event

from tests.chaos.points import Call, Point
from whisperfarm_contract.job import Job

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Place(NamedTuple):
    """Where a function is kept: an attribute of a module or class."""

    owner: Any
    name: str

    @property
    def function(self) -> Callable[..., Any]:
        """The function itself."""
        return getattr(self.owner, self.name)


def find(target: str) -> Place:
    """The place that `module:attribute` names. Raises when there is none."""
    module, _, path = target.partition(":")
    *outer, name = path.split(".")
    owner = functools.reduce(getattr, outer, importlib.import_module(module))
    place = Place(owner, name)
    if not callable(place.function):
        raise TypeError(f"{target} is no function")
    return place


def arm(name: str, point: Point, *, nth: int, note: Path) -> None:
    """Let the process die at the `nth` time that it reaches the point, leaving a note."""
    trap = _Trap(name, point, nth=nth, note=note)
    place = find(point.target)
    wrap = _wrap_async if inspect.iscoroutinefunction(place.function) else _wrap
    if point.moment == "commit":
        wrap = _wrap_commit
    setattr(place.owner, place.name, wrap(place.function, trap, point.moment))


class _Trap:
    def __init__(self, name: str, point: Point, *, nth: int, note: Path) -> None:
        self._name = name
        self._point = point
        self._left = nth
        self._note = note
        self._guard = threading.Lock()

    def __call__(self, call: Call) -> None:
        if not self._point.when(call):
            return
        with self._guard:
            self._left -= 1
            if self._left == 0:
                self._die(call)

    def _die(self, call: Call) -> None:
        words = {"point": self._name, "at": time.time(), "jobs": sorted(set(_jobs(call)))}
        self._note.write_text(json.dumps(words), encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)


def _wrap(function: Callable[..., Any], trap: _Trap, moment: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def trapped(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            trap(Call(args, kwargs))
        result = function(*args, **kwargs)
        if moment == "after":
            trap(Call(args, kwargs, result))
        return result

    return trapped


def _wrap_commit(function: Callable[..., Any], trap: _Trap, _: str) -> Callable[..., Any]:
    """Set off the trap when the function has run its statements and their commit begins."""
    current = threading.local()

    def on_commit(_: Connection) -> None:
        call = getattr(current, "call", None)
        if call is not None:
            trap(call)

    @functools.wraps(function)
    def trapped(*args: Any, **kwargs: Any) -> Any:
        current.call = Call(args, kwargs)
        try:
            return function(*args, **kwargs)
        finally:
            current.call = None

    event.listen(Engine, "commit", on_commit)
    return trapped


def _wrap_async(function: Callable[..., Any], trap: _Trap, moment: str) -> Callable[..., Any]:
    @functools.wraps(function)
    async def trapped(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            trap(Call(args, kwargs))
        result = await function(*args, **kwargs)
        if moment == "after":
            trap(Call(args, kwargs, result))
        return result

    return trapped


def _jobs(value: Any) -> Iterator[str]:
    """The ids of the jobs that a call is about, wherever they stand in it."""
    match value:
        case Call():
            yield from _jobs([value.args, value.kwargs, value.result])
        case str():
            yield from _ID.findall(value)
        case Job():
            yield value.id
        case Mapping():
            yield from _jobs(list(value.values()))
        case list() | tuple() | set():
            for each in value:
                yield from _jobs(each)
        case object(job=Job() as job):  # a lease
            yield job.id
        case object(job_id=str() as job_id):  # a callback
            yield job_id
