"""Log lines: one event each, for people or as JSON, from our code and from the libraries alike."""

import logging
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import structlog
from celery.signals import setup_logging
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

_QUIET = (
    "alembic", "amqp", "kombu", "httpx", "httpcore", "urllib3", "asyncio", "tornado.access",
    "celery.worker.strategy", "celery.app.trace",
)  # fmt: skip
"""Libraries that speak of their own affairs at `info`; only their warnings are of interest."""


def configure_logs(
    level: str = "info",
    format: str = "text",
    *,
    component: str,
    stream: TextIO | None = None,
    watchers: Sequence[Processor] = (),
) -> None:
    """Send every log line of this process to one place, in one form.

    `format` is `text` (one line for people, coloured on a terminal) or `json`. `component` names
    the process in each line. Lines go to standard error, unless a stream is given. `watchers` see
    every event of ours, also those that are not important enough to be written. Calling it again
    replaces what was there.
    """
    target = sys.stderr if stream is None else stream
    shared = _shared(component)
    _set_structlog(shared, watchers)
    _set_root(level, _formatter(format, shared, colors=target.isatty()), target)
    _adopt_libraries()


def _shared(component: str) -> list[Processor]:
    """What happens to every line before it is rendered, wherever it comes from."""

    def add_component(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {**event, "component": component}

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_component,
    ]


def _set_structlog(shared: list[Processor], first: Sequence[Processor]) -> None:
    structlog.configure(
        processors=[
            *first,
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
    # The default shows the local variables of a traceback: keys and transcripts are among them.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=plain)]


def _set_root(level: str, formatter: logging.Formatter, target: TextIO) -> None:
    handler = logging.StreamHandler(target)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())


def _adopt_libraries() -> None:
    """Take away what libraries installed for themselves, so that nothing is printed twice."""
    known: dict[str, Any] = logging.Logger.manager.loggerDict
    for name, logger in known.items():
        if isinstance(logger, logging.Logger) and name.startswith(("celery", "uvicorn")):
            logger.handlers, logger.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    setup_logging.connect(_leave_as_it_is, weak=False)


def _leave_as_it_is(**_: Any) -> None:
    """Celery sets up logging by itself where nobody takes this signal."""
