"""Traces as the settings say: none, or sent to a receiver. Nothing heavy is imported for none."""

from collections.abc import Callable
from dataclasses import dataclass

from structlog.typing import Processor

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.settings import StoreSettings
from whisperfarm_store.traces.events import traces_processor


@dataclass(frozen=True, slots=True)
class Traces:
    """The steps of logging that make traces, none when they are off; and their end.

    `close` sends what is left, within two seconds. It may be called twice.
    """

    processors: tuple[Processor, ...] = ()
    close: Callable[[], None] = lambda: None


def open_traces(settings: StoreSettings, part: str) -> Traces:
    """The traces of this process. Raises `InvalidSettings` when what sends them is not
    installed."""
    if settings.traces_url is None:
        return Traces()
    try:
        from whisperfarm_store.traces.exporter import SpanSender
    except ImportError as error:
        raise InvalidSettings(
            "WHISPERFARM_TRACES_URL: what sends traces is not installed:"
            " pip install 'whisperfarm[traces]'"
        ) from error
    sender = SpanSender(settings.traces_url, part)
    return Traces((traces_processor(sender.send),), sender.close)
