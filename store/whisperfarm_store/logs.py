"""Sets up logging: one event per line, as text or JSON, for the farm and its libraries."""

import io
import logging
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import structlog
from celery.signals import setup_logging
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from whisperfarm_contract.printable import printable

_NOISY_LOGGERS = (
    "alembic", "amqp", "kombu", "httpx", "httpcore", "urllib3", "asyncio", "tornado.access",
    "celery.worker.strategy", "celery.app.trace",
)  # fmt: skip
"""Libraries whose `info` events are about their internals; only their warnings are logged."""

_TRACES = frozenset({"exception", "stack"})
"""Fields of several lines."""

_COLUMNS = frozenset({"timestamp", "level", "logger", "logger_name"})
"""Fields without a name in the line."""

_SEPARATORS = frozenset(" ='\"")
"""Characters by which a reader could take a part of a value for another field."""


def configure_logs(
    level: str = "info",
    format: str = "text",
    *,
    component: str,
    stream: TextIO | None = None,
    processors: Sequence[Processor] = (),
) -> None:
    """Send all log lines of this process to one stream, in one format. Replaces earlier settings.

    - `level`: the lowest level that is written
    - `format`: `text` (coloured on a terminal) or `json`
    - `component`: name of the process, which each line contains
    - `stream`: where lines go; standard error by default
    - `processors`: processors that receive all events of the farm, also those below `level`
    """
    target = sys.stderr if stream is None else stream
    shared = _shared(component)
    _set_structlog(shared, processors)
    _set_root(level, _formatter(format, shared, colors=target.isatty()), target)
    _route_stdlib()


def _shared(component: str) -> list[Processor]:
    """Return the processors of all lines, those of libraries included."""

    def add_component(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {**event, "component": component}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_component,
    ]


def _set_structlog(shared: list[Processor], extra: Sequence[Processor]) -> None:
    structlog.configure(
        processors=[
            *extra,
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _formatter(format: str, shared: list[Processor], *, colors: bool) -> logging.Formatter:
    renderers = _json() if format == "json" else _text(colors=colors)
    return ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[ProcessorFormatter.remove_processors_meta, *renderers],
    )


def _json() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]


def _text(*, colors: bool) -> list[Processor]:
    renderer = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_write_traceback)
    return [_escape_texts, renderer]


def _escape_texts(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Escape control characters: a file name must not steer a terminal or forge a line."""
    return {printable(name): _escaped(name, value) for name, value in event.items()}


def _escaped(name: str, value: Any) -> Any:
    if name == "event":
        return printable(str(value))
    if not isinstance(value, str):
        return value
    if name in _TRACES:
        return _escape_lines(value)
    text = printable(value)
    return _Quoted(text) if _SEPARATORS & set(text) and name not in _COLUMNS else text


class _Quoted:
    """A text that is written in quotation marks. The renderer would escape it a second time."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        if "'" not in self._text:
            return f"'{self._text}'"
        escaped = self._text.replace('"', '\\"')
        return f'"{escaped}"'


def _write_traceback(target: TextIO, error: ExcInfo) -> None:
    # The default shows the local variables of a traceback, such as keys and transcripts.
    text = io.StringIO()
    structlog.dev.plain_traceback(text, error)
    target.write(_escape_lines(text.getvalue()))


def _escape_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _set_root(level: str, formatter: logging.Formatter, target: TextIO) -> None:
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def _route_stdlib() -> None:
    """Remove the handlers that libraries installed, so that no line is printed twice."""
    known: dict[str, Any] = logging.Logger.manager.loggerDict
    for name, logger in known.items():
        if isinstance(logger, logging.Logger) and name.startswith(("celery", "uvicorn")):
            logger.handlers, logger.propagate = [], True
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    setup_logging.connect(_skip_celery_setup, weak=False)


def _skip_celery_setup(**_: Any) -> None:
    """Do nothing: without a receiver of this signal, Celery sets up logging itself."""
