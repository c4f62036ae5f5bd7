"""A collector of OpenTelemetry traces in the test's process, with OTLP over HTTP."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.servers.http_stub import serve_in_thread

WITHIN_S = 30.0


@dataclass(frozen=True, kw_only=True)
class Received:
    """A received span. Ids are hexadecimal; `parent_id` of a root is empty."""

    service: str
    trace_id: str
    span_id: str
    parent_id: str
    name: str
    begun_ns: int
    ended_ns: int
    attributes: dict[str, Any]
    failed: bool


@dataclass
class Collector:
    """Receives spans; while it is held, it does not respond."""

    url: str = ""
    came: list[Received] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)
    free: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)

    def of(self, job_id: str) -> list[Received]:
        """Return the received spans of the job's trace."""
        with self.changed:
            return [one for one in self.came if one.trace_id == job_id.replace("-", "")]

    def until(self, seen: Callable[[], Any]) -> Any:
        """Return what `seen` returns, once that is true. Fails at a deadline."""
        with self.changed:
            found = self.changed.wait_for(seen, WITHIN_S)
            assert found, f"among {[one.name for one in self.came]}"
            return found

    def named(self, job_id: str, *names: str) -> list[Received]:
        """Return the spans of the job's trace, once it has these names."""
        self.until(lambda: set(names) <= {one.name for one in self.of(job_id)})
        return self.of(job_id)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Do not respond to requests inside of the block."""
        self.asked.clear()
        self.free.clear()
        try:
            yield
        finally:
            self.free.set()


@contextmanager
def collecting() -> Iterator[Collector]:
    """Run a collector on loopback."""
    # A reentrant lock: the predicate of `wait_for` takes it again.
    collector = Collector(changed=threading.Condition(threading.RLock()))
    collector.free.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.asked.set()
            collector.free.wait(WITHIN_S)
            with collector.changed:
                collector.paths.add(self.path)
                if self.path == "/v1/traces":
                    collector.came.extend(_spans(body))
                collector.changed.notify_all()
            try:
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                pass  # the client did not wait for the response

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with serve_in_thread(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as url:
        collector.url = f"{url}/v1/traces"
        try:
            yield collector
        finally:
            collector.free.set()


def _spans(body: bytes) -> Iterator[Received]:
    for group in ExportTraceServiceRequest.FromString(body).resource_spans:
        service = _plain(group.resource.attributes)["service.name"]
        for scope in group.scope_spans:
            for span in scope.spans:
                yield Received(
                    service=service,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent_id=span.parent_span_id.hex(),
                    name=span.name,
                    begun_ns=span.start_time_unix_nano,
                    ended_ns=span.end_time_unix_nano,
                    attributes=_plain(span.attributes),
                    failed=span.status.code == span.status.STATUS_CODE_ERROR,
                )


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
