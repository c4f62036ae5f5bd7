"""Log lines have one format wherever they come from, and no secrets."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog
from celery import Celery
from celery.app.log import Logging
from celery.signals import setup_logging

from whisperfarm_store import logs
from whisperfarm_store.logs import configure_logs


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Restore the process's logging."""
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", root.handlers)
    monkeypatch.setattr(Logging, "_setup", False)
    level = root.level
    yield
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    setup_logging.disconnect(logs._skip_celery_setup)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def _json_lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_text_format_writes_one_line_per_event() -> None:
    stream = io.StringIO()
    configure_logs("info", "text", component="worker", stream=stream)
    structlog.get_logger().info("job.claimed", job="j1", attempt=2)
    [line] = stream.getvalue().splitlines()
    for word in ("info", "job.claimed", "job=j1", "attempt=2", "component=worker"):
        assert word in line
    assert "\x1b" not in line


UNPRINTABLE = "call\x1b[2J\x07\x00\u202e\r\n2026-01-01 [info] forged"


def test_text_format_escapes_control_characters() -> None:
    stream = io.StringIO()
    configure_logs("info", "text", component="worker", stream=stream)
    logger = structlog.get_logger()
    logger.info("job.claimed", file=UNPRINTABLE, short="\x9b2J", files=[UNPRINTABLE])
    logger.info("job.claimed", **{UNPRINTABLE: 1})
    logging.getLogger("library").warning("opened %s", UNPRINTABLE)
    lines = stream.getvalue().split("\n")[:-1]
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    assert r"\x1b[2J" in lines[2]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("my call\x1b.wav", r"file='my call\x1b.wav'"),
        ("call\x1b.wav", r"file=call\x1b.wav"),
        ("C:\\my calls", r"file='C:\my calls'"),
        ("a\tb=1", r"file='a\tb=1'"),
        ("it's mine", """file="it's mine\""""),
        ("""it's "mine" level=error""", r'''file="it's \"mine\" level=error"'''),
    ],
)
def test_text_format_escapes_a_value_once(value: str, written: str) -> None:
    stream = io.StringIO()
    configure_logs("info", "text", component="worker", stream=stream)
    structlog.get_logger().info("job.claimed", file=value)
    [line] = stream.getvalue().splitlines()
    assert f" {written}" in line


def test_text_format_escapes_the_lines_of_a_traceback() -> None:
    stream = io.StringIO()
    configure_logs("info", "text", component="worker", stream=stream)
    try:
        raise ValueError(UNPRINTABLE)
    except ValueError:
        structlog.get_logger().exception("job.failed")
        logging.getLogger("library").exception("failed", stack_info=True)
    lines = stream.getvalue().split("\n")
    assert sum(line.startswith("Traceback") for line in lines) == 2
    assert all(line.isprintable() for line in lines)


def test_terminal_output_is_coloured() -> None:
    stream = Terminal()
    configure_logs("info", "text", component="worker", stream=stream)
    structlog.get_logger().info("job.claimed")
    assert "\x1b" in stream.getvalue()


def test_json_format_writes_one_object_per_event() -> None:
    stream = io.StringIO()
    configure_logs("info", "json", component="worker", stream=stream)
    structlog.get_logger().warning("job.lost", job="j1")
    [line] = _json_lines(stream)
    assert line.items() >= {
        "event": "job.lost", "job": "j1", "level": "warning", "component": "worker"
    }.items()  # fmt: skip
    assert "timestamp" in line


@pytest.mark.parametrize("name", ["celery.worker", "uvicorn.error", "sqlalchemy.engine"])
def test_library_lines_are_written_once(name: str) -> None:
    stream = io.StringIO()
    library = logging.getLogger(name)
    if not name.startswith("sqlalchemy"):
        library.handlers, library.propagate = [logging.StreamHandler(stream)], False
    configure_logs("info", "json", component="worker", stream=stream)
    library.warning("from %s", "a library")
    [line] = _json_lines(stream)
    assert (line["event"], line["component"]) == ("from a library", "worker")


def test_configure_logs_replaces_the_configuration() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logs("info", "text", component="one", stream=first)
    configure_logs("info", "text", component="two", stream=second)
    structlog.get_logger().info("once")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


def test_lines_below_the_level_are_dropped() -> None:
    stream = io.StringIO()
    configure_logs("warning", "json", component="worker", stream=stream)
    structlog.get_logger().info("too small")
    logging.getLogger("celery.worker").info("too small")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("name", ["alembic.runtime.migration", "kombu.connection"])
def test_noisy_libraries_are_limited_to_warnings(name: str) -> None:
    stream = io.StringIO()
    configure_logs("info", "json", component="worker", stream=stream)
    logging.getLogger(name).info("Context impl SQLiteImpl.")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_traceback_hides_local_variables(form: str) -> None:
    stream = io.StringIO()
    configure_logs("info", form, component="worker", stream=stream)
    api_key = "very" + "secret"
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        structlog.get_logger().exception("job.failed")
    assert "RuntimeError: broken" in stream.getvalue()
    assert api_key not in stream.getvalue()


def test_python_warnings_are_logged() -> None:
    stream = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure_logs("info", "json", component="worker", stream=stream)
        warnings.warn("old ways", stacklevel=1)
    [line] = _json_lines(stream)
    assert "old ways" in str(line["event"])


def test_celery_does_not_configure_logging() -> None:
    stream = io.StringIO()
    configure_logs("info", "json", component="worker", stream=stream)
    app = Celery("test", set_as_current=False)
    app.log.setup(loglevel="DEBUG", redirect_stdouts=False)
    logging.getLogger("celery.worker").debug("too small")
    logging.getLogger("celery.worker").info("once")
    assert [line["event"] for line in _json_lines(stream)] == ["once"]
