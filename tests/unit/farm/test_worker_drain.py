"""Requesting workers to drain, and waiting until they have ended."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from whisperfarm.worker_drain import WorkerDrain
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat

NO_PROCESS = 2**22 + 1
"""Above the largest process id of Linux."""


@pytest.fixture(autouse=True)
def _workers(ledger: Ledger) -> None:
    """Register one worker on this host and one on another."""
    ledger.workers.record_heartbeat(_sign("mine", host="here"))
    ledger.workers.record_heartbeat(_sign("yours", host="there"))


def _sign(name: str, *, host: str, pid: int = NO_PROCESS) -> WorkerHeartbeat:
    return WorkerHeartbeat(
        name=name, presets=("demo",), concurrency=4, pid=pid, host=host, ready=True
    )


def _leaving(
    ledger: Ledger, *, pause: Callable[[float], object] = lambda _: None, said: list[str]
) -> WorkerDrain:
    return WorkerDrain(ledger, live_within_s=60, print_line=said.append, host="here", pause=pause)


def _asked(ledger: Ledger) -> list[str]:
    return [
        heartbeat.name for heartbeat in ledger.workers.list_live(within_s=60) if heartbeat.draining
    ]


@pytest.mark.parametrize(
    ("names", "here", "asked"),
    [
        (["yours"], False, ["yours"]),
        ([], True, ["mine"]),
        ([], False, ["mine", "yours"]),
        (["mine", "yours"], False, ["mine", "yours"]),
    ],
)
def test_request_asks_the_selected_workers(
    ledger: Ledger, names: list[str], here: bool, asked: list[str]
) -> None:
    found = _leaving(ledger, said=[]).request(names=names, here=here)
    assert [heartbeat.name for heartbeat in found] == asked
    assert _asked(ledger) == asked


def test_request_names_an_unknown_worker_and_asks_none(ledger: Ledger) -> None:
    with pytest.raises(InvalidSettings, match="unknown"):
        _leaving(ledger, said=[]).request(names=["mine", "unknown"], here=False)
    assert _asked(ledger) == []


def test_wait_returns_at_once_without_workers(ledger: Ledger) -> None:
    ledger.workers.deregister("mine")
    said: list[str] = []
    leaving = _leaving(ledger, said=said)
    assert leaving.wait(leaving.request(names=[], here=True), timeout_s=0)
    assert said == ["there is no worker to drain"]


def test_deregistered_worker_has_drained(ledger: Ledger) -> None:
    said: list[str] = []
    leaving = _leaving(ledger, pause=lambda _: ledger.workers.deregister("yours"), said=said)
    assert leaving.wait(leaving.request(names=["yours"], here=False), timeout_s=60)
    assert said[-1] == "all workers have ended"


def test_replaced_worker_has_drained(ledger: Ledger) -> None:
    def replace(_: float) -> None:
        ledger.workers.record_heartbeat(_sign("yours", host="there", pid=7), is_first=True)

    leaving = _leaving(ledger, pause=replace, said=[])
    assert leaving.wait(leaving.request(names=["yours"], here=False), timeout_s=60)


def test_running_local_process_has_not_drained(ledger: Ledger) -> None:
    ledger.workers.record_heartbeat(_sign("mine", host="here", pid=os.getpid()))
    said: list[str] = []
    leaving = _leaving(ledger, said=said)
    asked = leaving.request(names=[], here=True)
    ledger.workers.deregister("mine")
    assert not leaving.wait(asked, timeout_s=0)
    assert "mine (0 jobs)" in said[-1]


def test_zombie_local_process_has_drained(
    ledger: Ledger,
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as ended:
        assert ended.stdout is not None
        ended.stdout.read()  # it ends and stays a zombie until the block ends
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        ledger.workers.record_heartbeat(_sign("mine", host="here", pid=ended.pid))
        leaving = _leaving(ledger, said=[])
        asked = leaving.request(names=[], here=True)
        ledger.workers.deregister("mine")
        assert leaving.wait(asked, timeout_s=60)
