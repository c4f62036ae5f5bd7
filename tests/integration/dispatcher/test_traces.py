"""A dispatcher's traces, sent to a collector that answers or hangs."""

import signal
from pathlib import Path

import pytest

from tests.integration.dispatcher.farm import DEADLINE_S
from tests.integration.dispatcher.test_serve import dispatcher, submit
from tests.servers.collector import WITHIN_S, Collector


def test_shutdown_flushes_spans_without_those_of_fastapi(
    tmp_path: Path, audio: bytes, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = collector.url.removesuffix("/v1/traces")
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", base)
    with dispatcher(tmp_path, TRACES_URL=collector.url) as (process, url):
        job = submit(url, audio, initial_prompt="names-of-people").json()
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 0
    [span] = collector.came
    assert (span.service, span.name) == ("whisperfarm-dispatcher", "POST /v1/jobs")
    assert span.trace_id == job["id"].replace("-", "")
    assert span.attributes == {"whisperfarm.status": 202}
    assert collector.paths == {"/v1/traces"}


def test_hanging_endpoint_delays_neither_callers_nor_shutdown(
    tmp_path: Path, audio: bytes, collector: Collector
) -> None:
    with dispatcher(tmp_path, TRACES_URL=collector.url) as (process, url), collector.held():
        assert submit(url, audio).status_code == 202
        assert collector.asked.wait(WITHIN_S)
        assert submit(url, audio).status_code == 202
        process.send_signal(signal.SIGTERM)
        assert process.wait(DEADLINE_S) == 0
        assert collector.came == []
