"""Autoscaling: no workers without jobs, more workers with more jobs."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import yaml

from tests.support.chart import Manifest, merged, rendered
from tests.support.chart_values import CASES, EVERYTHING, FILES
from tests.support.jobs import new_job
from whisperfarm_contract import identifiers
from whisperfarm_contract.job import Job
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.backlog import ESTIMATED_BYTES_PER_S, MAX_ESTIMATE_S

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer

BY_THE_LEDGER = CASES["by-the-ledger"]


def _triggers(values: dict[str, Any], pool: str) -> dict[str, Manifest]:
    scaled = rendered(values).one("ScaledObject", f"-worker-{pool}")
    return {one["name"]: one for one in scaled["spec"]["triggers"]}


@pytest.mark.parametrize("case", CASES)
def test_scaled_deployments_have_no_replicas(case: str) -> None:
    """Otherwise every upgrade would reset the number of replicas."""
    release = rendered(CASES[case])
    scalers = [*release.of("ScaledObject"), *release.of("HorizontalPodAutoscaler")]
    scaled = [one["spec"]["scaleTargetRef"]["name"] for one in scalers]
    assert len(scaled) == len(set(scaled))
    names_of_all = {one["metadata"]["name"] for one in release.of("Deployment")}
    assert set(scaled) <= names_of_all
    for deployment in release.of("Deployment"):
        assert ("replicas" in deployment["spec"]) is (deployment["metadata"]["name"] not in scaled)


def test_gpu_pools_scale_from_zero_to_their_maximum() -> None:
    limits = {
        one["metadata"]["name"].rpartition("-")[2]: (
            one["spec"]["minReplicaCount"],
            one["spec"]["maxReplicaCount"],
        )
        for one in rendered(FILES["values-gpu"]).of("ScaledObject")
    }
    assert limits == {"quick": (0, 8), "precise": (0, 4)}


def test_zero_in_a_pool_overrides_the_default() -> None:
    values = merged(EVERYTHING, {"workers": {"defaults": {"scaling": {"minReplicas": 3}}}})
    values["workers"]["pools"][0]["scaling"]["minReplicas"] = 0
    scaled = rendered(values).one("ScaledObject", "-large")["spec"]
    assert scaled["minReplicaCount"] == 0
    values["workers"]["pools"][0]["scaling"].pop("minReplicas")
    scaled = rendered(values).one("ScaledObject", "-large")["spec"]
    assert (scaled["minReplicaCount"], scaled["fallback"]["replicas"]) == (3, 3)


def test_triggers_activate_at_any_work_and_average_per_worker() -> None:
    for values in (EVERYTHING, BY_THE_LEDGER):
        for trigger in _triggers(values, "large").values():
            assert trigger["metricType"] == "AverageValue"
            activation = [key for key in trigger["metadata"] if key.startswith("activation")]
            assert [trigger["metadata"][key] for key in activation] == ["0"]


def test_fallback_keeps_the_current_replicas() -> None:
    scaled = rendered(EVERYTHING).one("ScaledObject", "-large")["spec"]
    assert scaled["fallback"]["behavior"] == "currentReplicasIfHigher"
    assert scaled["fallback"]["replicas"] == 1
    for trigger in scaled["triggers"]:
        if trigger["type"] == "prometheus":  # by default it takes a missing value for 0
            assert trigger["metadata"]["ignoreNullValues"] == "false"


def test_rabbitmq_triggers_name_the_queues_of_the_farm() -> None:
    triggers = [one for one in _triggers(EVERYTHING, "large").values() if one["type"] == "rabbitmq"]
    assert [one["metadata"]["protocol"] for one in triggers] == ["http", "http"]
    queues = [one["metadata"]["queueName"] for one in triggers]
    assert queues == [identifiers.queue_name("mine"), identifiers.queue_name("tiny.en")]


@pytest.mark.parametrize("case", CASES)
def test_trigger_credentials_exist(case: str) -> None:
    release = rendered(CASES[case])
    there = {one["metadata"]["name"] for one in release.of("TriggerAuthentication")}
    asked = {
        trigger["authenticationRef"]["name"]
        for one in release.of("ScaledObject")
        for trigger in one["spec"]["triggers"]
        if "authenticationRef" in trigger
    }
    assert asked == there


def test_plain_autoscaler_has_bounds_and_a_cpu_metric() -> None:
    plain = rendered(EVERYTHING).one("HorizontalPodAutoscaler")["spec"]
    assert (plain["minReplicas"], plain["maxReplicas"]) == (2, 4)
    assert plain["metrics"][0]["resource"]["name"] == "cpu"


@pytest.fixture
def database(postgresql_server: "PostgresqlServer") -> str:
    """Return the URL of an empty database."""
    return postgresql_server.new_database()


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    """Return the ledger in that database."""
    opened = open_ledger(database)
    opened.migrate()
    yield opened
    opened.close()


def test_trigger_queries_measure_the_work_of_the_pool(database: str, ledger: Ledger) -> None:
    triggers = _triggers(BY_THE_LEDGER, "large")

    def measured() -> tuple[float, ...]:
        with psycopg.connect(database.replace("+psycopg", "")) as connection:
            answers = [
                connection.execute(triggers[name]["metadata"]["query"]).fetchone()
                for name in ("audio", "jobs")
            ]
        return tuple(float(answer[0]) for answer in answers if answer)

    assert measured() == (0, 0)
    running = ledger.jobs.insert(_job("mine", duration_s=60))
    ledger.jobs.insert(_job("tiny.en", duration_s=30))
    ledger.jobs.insert(_job("fast", duration_s=500))
    assert measured() == (90, 2)
    claimed = ledger.attempts.claim(running.id, worker="w", lease_s=60)
    assert claimed is not None
    assert measured() == (90, 2)
    ledger.attempts.succeed(running.id, attempt=claimed.attempt, result_key="k", audio_s=60)
    assert measured() == (30, 1)
    # of unknown length: estimated as the metric does
    ledger.jobs.insert(_job("mine", duration_s=None, size_bytes=7 * ESTIMATED_BYTES_PER_S))
    assert measured() == (30 + 7, 2)
    ledger.jobs.insert(_job("mine", duration_s=None, size_bytes=10**12))
    assert measured() == (30 + 7 + MAX_ESTIMATE_S, 3)


def _job(preset: str, *, duration_s: float | None, size_bytes: int = 1) -> Job:
    job = new_job(preset=preset)
    return replace(job, audio=replace(job.audio, duration_s=duration_s, size_bytes=size_bytes))


def test_prometheus_query_ignores_duplicate_dispatchers(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: apt-get install prometheus")
    own = 'namespace="speech",service="farm-scribe-metrics"'
    series = [
        ('whisperfarm_backlog_audio_seconds{%s,preset="mine",tenant="a",pod="%s"}', "1", 60),
        ('whisperfarm_backlog_audio_seconds{%s,preset="mine",tenant="a",pod="%s"}', "2", 60),
        ('whisperfarm_backlog_audio_seconds{%s,preset="tiny.en",tenant="b",pod="%s"}', "1", 30),
        ('whisperfarm_backlog_audio_seconds{%s,preset="tiny-en",tenant="b",pod="%s"}', "1", 7000),
        ('whisperfarm_backlog_audio_seconds{%s,preset="fast",tenant="b",pod="%s"}', "1", 500),
        ('whisperfarm_jobs{%s,preset="mine",tenant="a",state="queued",pod="%s"}', "1", 2),
        ('whisperfarm_jobs{%s,preset="mine",tenant="a",state="queued",pod="%s"}', "2", 2),
        ('whisperfarm_jobs{%s,preset="mine",tenant="a",state="running",pod="%s"}', "1", 1),
    ]
    given = [{"series": text % (own, pod), "values": f"{value}x2"} for text, pod, value in series]
    given.append(
        {
            "series": 'whisperfarm_jobs{namespace="other",service="x",preset="mine",tenant="a"}',
            "values": "900x2",
        }
    )
    triggers = _triggers(EVERYTHING, "large")
    asked = [
        {"expr": triggers[name]["metadata"]["query"], "eval_time": "1m", "exp_samples": [
            {"labels": "{}", "value": value}
        ]}
        for name, value in (("audio", 90), ("jobs", 3))
    ]  # fmt: skip
    tests = [{"interval": "1m", "input_series": given, "promql_expr_test": asked}]
    file = tmp_path / "tests.yaml"
    file.write_text(yaml.safe_dump({"tests": tests}), encoding="utf-8")
    ended = subprocess.run(
        [promtool, "test", "rules", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
