"""Asking workers to leave, and waiting until they have."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from whisperfarm.worker_drain import Leaving
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_store.ledger import Ledger, WorkerSign

NO_PROCESS = 2**22 + 1
"""Above the greatest process id that Linux gives out."""


@pytest.fixture(autouse=True)
def _workers(ledger: Ledger) -> None:
    """One worker here and one elsewhere."""
    ledger.worker_seen(_sign("mine", host="here"))
    ledger.worker_seen(_sign("yours", host="there"))


def _sign(name: str, *, host: str, pid: int = NO_PROCESS) -> WorkerSign:
    return WorkerSign(name=name, presets=("demo",), concurrency=4, pid=pid, host=host, ready=True)


def _leaving(
    ledger: Ledger, *, pause: Callable[[float], object] = lambda _: None, said: list[str]
) -> Leaving:
    return Leaving(ledger, seen_within_s=60, say=said.append, host="here", pause=pause)


def _asked(ledger: Ledger) -> list[str]:
    return [sign.name for sign in ledger.live_workers(within_s=60) if sign.draining]


@pytest.mark.parametrize(
    ("names", "here", "asked"),
    [
        (["yours"], False, ["yours"]),
        ([], True, ["mine"]),
        ([], False, ["mine", "yours"]),
        (["mine", "yours"], False, ["mine", "yours"]),
    ],
)
def test_those_who_are_meant_are_asked(
    ledger: Ledger, names: list[str], here: bool, asked: list[str]
) -> None:
    found = _leaving(ledger, said=[]).ask(names=names, here=here)
    assert [sign.name for sign in found] == asked
    assert _asked(ledger) == asked


def test_a_name_that_nobody_has_is_told_and_nobody_is_asked(ledger: Ledger) -> None:
    with pytest.raises(SettingsWrong, match="nobody"):
        _leaving(ledger, said=[]).ask(names=["mine", "nobody"], here=False)
    assert _asked(ledger) == []


def test_where_nobody_is_there_is_nothing_to_wait_for(ledger: Ledger) -> None:
    ledger.worker_gone("mine")
    said: list[str] = []
    leaving = _leaving(ledger, said=said)
    assert leaving.wait(leaving.ask(names=[], here=True), timeout_s=0)
    assert said == ["there is no worker to drain"]


def test_one_that_said_good_bye_has_left(ledger: Ledger) -> None:
    said: list[str] = []
    leaving = _leaving(ledger, pause=lambda _: ledger.worker_gone("yours"), said=said)
    assert leaving.wait(leaving.ask(names=["yours"], here=False), timeout_s=60)
    assert said[-1] == "all workers have ended"


def test_one_that_was_replaced_has_left(ledger: Ledger) -> None:
    def replace(_: float) -> None:
        ledger.worker_seen(_sign("yours", host="there", pid=7), anew=True)

    leaving = _leaving(ledger, pause=replace, said=[])
    assert leaving.wait(leaving.ask(names=["yours"], here=False), timeout_s=60)


def test_here_a_process_that_runs_has_not_left_whatever_it_said(ledger: Ledger) -> None:
    ledger.worker_seen(_sign("mine", host="here", pid=os.getpid()))
    said: list[str] = []
    leaving = _leaving(ledger, said=said)
    asked = leaving.ask(names=[], here=True)
    ledger.worker_gone("mine")
    assert not leaving.wait(asked, timeout_s=0)
    assert "mine (0 jobs)" in said[-1]


def test_here_a_process_that_has_ended_has_left_even_if_nobody_has_asked_for_it(
    ledger: Ledger,
) -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as ended:
        assert ended.stdout is not None
        ended.stdout.read()  # until it has ended; it stays a zombie until the block is left
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        ledger.worker_seen(_sign("mine", host="here", pid=ended.pid))
        leaving = _leaving(ledger, said=[])
        asked = leaving.ask(names=[], here=True)
        ledger.worker_gone("mine")
        assert leaving.wait(asked, timeout_s=60)
