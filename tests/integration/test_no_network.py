"""Neither a command nor a farm on this machine uses the network."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.worker.traced import cut_off, outward, unprotected
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WHISPERFARM = (sys.executable, "-m", "whisperfarm")
WITHIN_S = 240
COMMANDS = (
    "migrate",
    "doctor",
    "settings",
    "workers",
    "quarantine list",
    "models list",
    "models verify",
    "models inventory",
    "models time-load",
)
IN_TURN = """
import sys
from whisperfarm.command import main

for command in sys.argv[1:]:
    sys.argv = ["whisperfarm", *command.split()]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, command
"""
"""Commands that run in one process, because each takes long to start."""

LOOK = "import sys, urllib.request as web; [web.urlopen(url).read() for url in sys.argv[1:]]"


def environment(folder: Path) -> dict[str, str]:
    """Return an operator's environment, with the farm's data and all caches in this folder."""
    own = {"DATA_DIR": str(folder / "data"), "PRESETS": "demo-words", "ENGINE": "faster-whisper"}
    return {**unprotected(folder / "cache"), **{f"WHISPERFARM_{name}": own[name] for name in own}}


def test_commands_use_no_network(tmp_path: Path) -> None:
    assert asked(tmp_path, sys.executable, "-c", IN_TURN, *COMMANDS) == []


def test_farm_and_client_use_no_network(tmp_path: Path) -> None:
    assert asked(tmp_path, *WHISPERFARM, "demo") == []


def asked(folder: Path, *command: str) -> list[str]:
    """Return what the command and its children sent, or stored to send later."""
    trace, ids = folder / "trace", folder / "cache" / "Microsoft"
    subprocess.run(
        [*cut_off(trace), *command],
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=WITHIN_S,
    )
    # Telemetry is sent after some seconds; onnxruntime stores an id of the machine at once.
    return outward(trace.read_text()) + [str(path) for path in ids.rglob("*")]


def test_flower_uses_no_network(tmp_path: Path) -> None:
    trace, log = tmp_path / "trace", tmp_path / "log"
    (tmp_path / "data").mkdir()
    with log.open("wb") as output:
        flower = subprocess.Popen(
            [*cut_off(trace), *WHISPERFARM, "flower", "--port", "5555"],
            env=environment(tmp_path),
            stderr=output,
        )
    try:
        until(lambda: is_written(log, "flower.listening"), "Flower", within_s=WITHIN_S)
        look_at(flower, "http://127.0.0.1:5555/", "http://127.0.0.1:5555/workers")
        flower.send_signal(signal.SIGTERM)
        assert flower.wait(WITHIN_S) == 0, log.read_text()
    finally:
        flower.kill()
    until(lambda: is_written(trace, "SIGTERM"), "the end of the trace", within_s=WITHIN_S)
    assert outward(trace.read_text()) == []


def look_at(process: subprocess.Popen[bytes], *urls: str) -> None:
    """Fetch pages inside of the process's network namespace."""
    inside = ["nsenter", f"--net=/proc/{process.pid}/ns/net"]
    subprocess.run([*inside, sys.executable, "-c", LOOK, *urls], check=True, timeout=WITHIN_S)


def is_written(file: Path, text: str) -> bool:
    return file.exists() and text in file.read_text()
