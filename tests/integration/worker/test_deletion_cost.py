"""The deletion cost of a worker's pod while the worker, with stub models, runs a job."""

import signal
import sys
from pathlib import Path

import pytest

from tests.integration.worker.farm import WITHIN_S, WorkerFarm
from tests.servers.kubernetes import Cluster
from tests.support.jobs import TENANT
from tests.support.recordings import SUPPORT_CALL
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_contract.states import JobState
from whisperfarm_worker.deletion_cost import policy
from whisperfarm_worker.process.server import serve
from whisperfarm_worker.settings import WorkerSettings

pytestmark = pytest.mark.slow

STUB = (sys.executable, "-m", "tests.integration.distributed.part", "worker")


def test_pod_deletion_cost_is_high_while_a_job_runs(
    farm: WorkerFarm, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in cluster.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STUB_SERVICE_ACCOUNT", str(cluster.service_account))
    monkeypatch.setenv("STUB_IDLE_S", "0.5")
    monkeypatch.setenv("STUB_TAKES_S", str(WITHIN_S))
    worker = farm.start(command=STUB, pod_deletion_cost="true")
    cluster.until(lambda: cluster.costs == [str(policy.IDLE)])
    job_id = farm.submit(SUPPORT_CALL.read_bytes(), diarize=False)
    cluster.until(lambda: cluster.costs[1:] == [str(policy.BUSY)])
    assert farm.ledger.jobs.get(job_id).state is JobState.RUNNING
    farm.ledger.jobs.request_cancel(job_id, tenant=TENANT)
    farm.in_state(job_id, JobState.CANCELLED)
    cluster.until(lambda: cluster.costs[2:] == [str(policy.IDLE)])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WITHIN_S) == 0
    assert len(cluster.costs) == 3


def test_pod_deletion_cost_needs_a_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    with pytest.raises(InvalidSettings, match=r"POD_DELETION_COST .*KUBERNETES_SERVICE_HOST"):
        serve(WorkerSettings(data_dir=tmp_path, pod_deletion_cost=True), bundled_models=None)
