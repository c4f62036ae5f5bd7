"""Fault injection: the process sends itself SIGKILL when it reaches a crash point."""

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


class FunctionRef(NamedTuple):
    """A function as an attribute of its module or class, so that it can be replaced."""

    owner: Any
    name: str

    @property
    def function(self) -> Callable[..., Any]:
        return getattr(self.owner, self.name)


def find(target: str) -> FunctionRef:
    """Resolve `module:attribute`. Raises `AttributeError`, or `TypeError` if it is not callable."""
    module, _, path = target.partition(":")
    *outer, name = path.split(".")
    owner = functools.reduce(getattr, outer, importlib.import_module(module))
    ref = FunctionRef(owner, name)
    if not callable(ref.function):
        raise TypeError(f"{target} is not callable")
    return ref


def arm(name: str, point: Point, *, nth: int, crash_file: Path) -> None:
    """Kill the process at the `nth` call that matches the point, after writing `crash_file`."""
    crash = _Crash(name, point, nth=nth, crash_file=crash_file)
    ref = find(point.target)
    wrap = _wrap_async if inspect.iscoroutinefunction(ref.function) else _wrap
    if point.moment == "commit":
        wrap = _wrap_commit
    setattr(ref.owner, ref.name, wrap(ref.function, crash, point.moment))


class _Crash:
    def __init__(self, name: str, point: Point, *, nth: int, crash_file: Path) -> None:
        self._name = name
        self._point = point
        self._left = nth
        self._crash_file = crash_file
        self._guard = threading.Lock()

    def __call__(self, call: Call) -> None:
        if not self._point.when(call):
            return
        with self._guard:
            self._left -= 1
            if self._left == 0:
                self._kill_process(call)

    def _kill_process(self, call: Call) -> None:
        record = {"point": self._name, "at": time.time(), "jobs": sorted(set(_jobs(call)))}
        self._crash_file.write_text(json.dumps(record), encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)


def _wrap(function: Callable[..., Any], crash: _Crash, moment: str) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            crash(Call(args, kwargs))
        result = function(*args, **kwargs)
        if moment == "after":
            crash(Call(args, kwargs, result))
        return result

    return wrapped


def _wrap_commit(function: Callable[..., Any], crash: _Crash, _: str) -> Callable[..., Any]:
    """Crash when the function has run its statements and their commit begins."""
    current = threading.local()

    def on_commit(_: Connection) -> None:
        call = getattr(current, "call", None)
        if call is not None:
            crash(call)

    @functools.wraps(function)
    def crashing(*args: Any, **kwargs: Any) -> Any:
        current.call = Call(args, kwargs)
        try:
            return function(*args, **kwargs)
        finally:
            current.call = None

    event.listen(Engine, "commit", on_commit)
    return crashing


def _wrap_async(function: Callable[..., Any], crash: _Crash, moment: str) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        if moment == "before":
            crash(Call(args, kwargs))
        result = await function(*args, **kwargs)
        if moment == "after":
            crash(Call(args, kwargs, result))
        return result

    return wrapped


def _jobs(value: Any) -> Iterator[str]:
    """Yield the ids of all jobs in the arguments and the result of a call."""
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
