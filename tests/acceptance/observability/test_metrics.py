"""A running farm exports its metrics."""

import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.acceptance.observability.conftest import Watched
from tests.support.waiting import until
from whisperfarm_store.metrics.definitions import METRICS, Metric, MetricType

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ON_A_GPU_ALONE = {"whisperfarm_gpu_memory_bytes", "whisperx_gpu_memory_bytes"}
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    found = text_string_to_metric_families(text)
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in found
        for one in family.samples
    }


def value(of: Samples, name: str, **labels: str) -> float | None:
    return of.get((name, frozenset(labels.items())))


@pytest.fixture(scope="module")
def shown(watched: Watched) -> dict[str, Samples]:
    """Return the metrics of each part, once all effects of the work are in them."""

    def settled() -> dict[str, Samples] | None:
        both = {
            part: samples(watched.metrics(address))
            for part, address in (("dispatcher", watched.dispatcher), ("worker", watched.worker))
        }
        tried = value(both["dispatcher"], "whisperfarm_callbacks_total", outcome="retried")
        return both if tried else None

    return dict(until(settled, "a callback that was tried"))


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_components_expose_their_metrics_and_labels(
    shown: dict[str, Samples], metric: Metric
) -> None:
    name = f"{metric.name}_count" if metric.type is MetricType.HISTOGRAM else metric.name
    for part, seen in shown.items():
        labels = {frozenset(dict(pairs)) for one, pairs in seen if one == name}
        here = part in metric.components and metric.name not in ON_A_GPU_ALONE
        assert labels == ({frozenset(metric.labels)} if here else set())


def test_metrics_count_the_work_of_the_farm(shown: dict[str, Samples], watched: Watched) -> None:
    rounds, states = len(watched.jobs) / 3, watched.states()
    heard = states["succeeded"] - rounds  # each round queries all of them once
    of = {"preset": "demo", "tenant": "acme"}
    dispatcher, worker = shown["dispatcher"], shown["worker"]
    accepted = value(dispatcher, "whisperfarm_jobs_accepted_total", **of, ingress="http")
    assert accepted == states.total() >= 3 * rounds
    assert value(dispatcher, "whisperfarm_refused_total", problem="unknown-model") == rounds
    requests = {"route": "/v1/jobs/{job_id}/result", "status": "200"}
    assert (value(dispatcher, "whisperfarm_http_requests_total", **requests) or 0) >= rounds
    succeeded = value(worker, "whisperfarm_jobs_ended_total", **of, state="succeeded")
    assert succeeded == states["succeeded"] >= 2 * rounds
    assert value(worker, "whisperfarm_jobs_ended_total", **of, state="failed") == states["failed"]
    unreadable = {"preset": "demo", "problem": "audio-unreadable"}
    assert value(worker, "whisperfarm_jobs_failed_total", **unreadable) == states["failed"]
    delivered = {"preset": "demo", "outcome": "succeeded"}
    assert value(worker, "whisperfarm_attempts_total", **delivered) == succeeded
    assert value(worker, "whisperfarm_result_cache_total", outcome="hit") == rounds
    assert (
        value(worker, "whisperfarm_result_cache_total", outcome="miss") == states.total() - rounds
    )
    align = {"stage": "align", "preset": "demo"}
    assert value(worker, "whisperfarm_stage_seconds_count", **align) == heard
    tier = {"engine": "whisperx", "quality_tier": "demo"}
    assert value(worker, "whisperx_processing_duration_seconds_count", **tier) == heard
    assert (value(worker, "whisperfarm_batch_fill_ratio_count") or 0) >= heard
    assert (value(worker, "whisperfarm_startup_seconds", phase="ready") or 0) > 1
    assert value(dispatcher, "whisperfarm_workers", state="ready") == 1


def test_labels_name_no_job_no_path_and_no_word(shown: dict[str, Samples]) -> None:
    values = {text for seen in shown.values() for _, pairs in seen for _, text in pairs}
    odd = {text for text in values if not re.fullmatch(r"[\w.+{}/-]{0,40}", text)}
    assert odd == set()
    assert not {text for text in values if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)}


def test_worker_is_healthy_and_ready(watched: Watched) -> None:
    for path in ("/healthz", "/readyz"):
        assert httpx.get(f"http://{watched.worker}{path}").status_code == 200


def test_metrics_are_not_on_the_public_port(watched: Watched) -> None:
    assert watched.farm.http.get("/metrics").status_code == 404
