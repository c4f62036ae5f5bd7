"""The supervisor with real child processes of a few lines each."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from whisperfarm.supervisor.supervisor import Supervisor

RECORDS_SIGTERM = """
import signal, sys, pathlib
signal.signal(signal.SIGTERM, lambda *_: (pathlib.Path(sys.argv[1]).write_text("bye"), sys.exit(0)))
print("up", flush=True)
signal.pause()
"""


def farm(command: Callable[[str], list[str]], said: list[str], limit_s: float = 5) -> Supervisor:
    return Supervisor(("part",), stop_timeout_s=limit_s, print_line=said.append, command=command)


def python(source: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", source, *arguments]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


def test_supervisor_restarts_a_component_and_reports_its_exit(tmp_path: Path) -> None:
    births = tmp_path / "births"
    source = "import sys; open(sys.argv[1], 'a').write('x'); sys.exit(3)"
    said: list[str] = []

    async def run() -> int:
        supervisor = farm(lambda _: python(source, str(births)), said)
        running = asyncio.create_task(supervisor.run())
        await until(lambda: births.exists() and len(births.read_text()) >= 2)
        supervisor.stop()
        return await running

    assert asyncio.run(run()) == 0
    assert "the part ended with exit code 3" in said
    assert any(line.startswith("restarting the part in") for line in said)


def test_invalid_settings_of_a_component_end_the_farm() -> None:
    said: list[str] = []
    supervisor = farm(lambda _: python("raise SystemExit(78)"), said)
    assert asyncio.run(asyncio.wait_for(supervisor.run(), 10)) == 78
    assert said == ["the part cannot start; see its last message"]


def test_stop_lets_a_component_terminate(tmp_path: Path) -> None:
    record, alive = tmp_path / "record", tmp_path / "alive"
    source = RECORDS_SIGTERM.replace(
        'print("up", flush=True)', f"pathlib.Path({str(alive)!r}).touch()"
    )

    async def run() -> int:
        supervisor = farm(lambda _: python(source, str(record)), [])
        running = asyncio.create_task(supervisor.run())
        await until(alive.exists)
        os.kill(os.getpid(), signal.SIGINT)
        return await running

    assert asyncio.run(run()) == 0
    assert record.read_text() == "bye"


def test_stop_kills_a_component_after_the_timeout(tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    source = (
        "import signal, pathlib, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"pathlib.Path({str(alive)!r}).touch(); time.sleep(60)"
    )
    said: list[str] = []

    async def run() -> int:
        supervisor = farm(lambda _: python(source), said, limit_s=0.2)
        running = asyncio.create_task(supervisor.run())
        await until(alive.exists)
        supervisor.stop()
        return await running

    assert asyncio.run(run()) == 0
    assert "the part did not stop within 0.2 s and is killed" in said
