"""A worker does not use the network: at its start, during a job, or at its end.

The tests unset the variables of build services, with which onnxruntime sends no telemetry.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.worker.farm import WITHIN_S, WorkerFarm
from tests.integration.worker.traced import cut_off, outward, unprotected
from tests.support.recordings import SUPPORT_CALL
from tests.support.waiting import until
from whisperfarm_contract.states import JobState

TELEMETRY_S = 20
"""How long a ready worker is traced; onnxruntime sends telemetry 8 s after a session is created."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ASK_EVERYBODY = """
import socket
for address in (("192.0.2.7", 443), ("2001:db8::7", 443)):
    kind = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(kind) as one:
        one.settimeout(0.1)
        one.connect_ex(address)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    one.connect_ex(("127.0.0.1", 53))
    one.connect_ex(("127.0.0.1", 9))
"""


@pytest.mark.parametrize(
    ("preset", "engine"), [("demo", "whisperx"), ("demo-words", "faster-whisper")]
)
def test_worker_runs_every_stage_without_network(
    farm: WorkerFarm, tmp_path: Path, preset: str, engine: str
) -> None:
    trace = tmp_path / "trace"
    cache = tmp_path / "cache"
    inherited = unprotected(cache)
    worker = farm.start(under=cut_off(trace), inherited=inherited, presets=preset, engine=engine)
    farm.ready()
    ready_at = time.monotonic()
    job = farm.in_state(farm.submit(SUPPORT_CALL.read_bytes(), preset=preset), JobState.SUCCEEDED)
    until(
        lambda: time.monotonic() > ready_at + TELEMETRY_S,
        "time for telemetry to be sent",
        within_s=WITHIN_S,
    )
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WITHIN_S) == 0
    transcript = farm.transcript(job)
    assert transcript.provenance["engine"] == engine
    assert {word.speaker is not None for one in transcript.segments for word in one.words} == {
        preset == "demo"
    }
    until(lambda: "SIGTERM" in trace.read_text(), "the end of the trace", within_s=WITHIN_S)
    assert outward(trace.read_text()) == []
    assert not (cache / "Microsoft").exists()  # onnxruntime stores the device's id there


def test_network_access_is_detected(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    subprocess.run([*cut_off(trace), sys.executable, "-c", ASK_EVERYBODY], check=True)
    assert len(outward(trace.read_text())) == 3
