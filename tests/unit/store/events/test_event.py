"""How an event is logged."""

import io
import json
from collections.abc import Iterator
from logging import ERROR, INFO
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from whisperfarm_store.events.event import WORKER, event
from whisperfarm_store.logs import configure_logs


@event(INFO, WORKER, bound=("job",))
def measured(*, size: int, reason: str = "") -> None:
    """Something was
    measured."""


@event(ERROR, WORKER, name="An earlier name", traceback=True)
def broken() -> None:
    """Something broke."""


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    target = io.StringIO()
    configure_logs("info", "json", component="worker", stream=target)
    yield target
    structlog.reset_defaults()


def line(stream: io.StringIO) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(stream.getvalue())
    return read


def test_declaration_takes_name_fields_and_meaning_from_the_function() -> None:
    assert (measured.name, measured.level_name) == ("test_event.measured", "info")
    assert measured.fields == ("job", "size", "reason")
    assert measured.meaning == "Something was measured."
    assert broken.name == "An earlier name"


def test_log_writes_name_level_and_fields(stream: io.StringIO) -> None:
    with bound_contextvars(job="j1"):
        measured.log(size=3)
    written = line(stream)
    del written["timestamp"]
    assert written == {
        "event": "test_event.measured",
        "level": "info",
        "component": "worker",
        "job": "j1",
        "size": 3,
    }


def test_log_writes_the_traceback_of_the_exception_in_progress(stream: io.StringIO) -> None:
    try:
        raise OSError("no such thing")
    except OSError:
        broken.log()
    assert "OSError: no such thing" in line(stream)["exception"]
