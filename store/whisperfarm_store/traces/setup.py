"""Opens traces according to the settings. Imports OpenTelemetry only if traces are on."""

from collections.abc import Callable
from dataclasses import dataclass

from structlog.typing import Processor

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.settings import StoreSettings
from whisperfarm_store.traces.events import traces_processor


@dataclass(frozen=True, slots=True)
class Traces:
    """The structlog processors that export traces; none if traces are off.

    `close` sends the queued spans, for at most two seconds. It may be called twice.
    """

    processors: tuple[Processor, ...] = ()
    close: Callable[[], None] = lambda: None


def open_traces(settings: StoreSettings, component: str) -> Traces:
    """Return the traces of this process. Raises `InvalidSettings` if OpenTelemetry is not
    installed."""
    if settings.traces_url is None:
        return Traces()
    try:
        from whisperfarm_store.traces.exporter import SpanSender
    except ImportError as error:
        raise InvalidSettings(
            "WHISPERFARM_TRACES_URL: OpenTelemetry is not installed; run"
            " pip install 'whisperfarm[traces]'"
        ) from error
    sender = SpanSender(settings.traces_url, component)
    return Traces((traces_processor(sender.send),), sender.close)
