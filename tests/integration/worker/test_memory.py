"""The memory of a worker does not grow with the length of recordings, as docs/how-to/operations.md
says."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.project import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

HOURS = (0.1, 0.5)
"""The shorter recording has enough windows for a full batch."""

CALL_EVERY_S = 180
"""Of each three minutes, half a minute is speech: most of the time goes into speech recognition."""

MIB_PER_HOUR = 30
WARM_UP_MIB = 200
"""Buffers that the libraries keep after the first recording, on which the second one's lie."""

MARGIN_MIB = 60
"""What the allocator keeps besides, however long the recording is."""


@pytest.fixture(scope="module")
def measured() -> list[dict[str, Any]]:
    """Return the memory in MiB for a short recording and, in the same process, for a long one."""
    hours = ",".join(map(str, HOURS))
    arguments = ["faster-whisper", hours, str(CALL_EVERY_S), "demo-words"]
    command = [sys.executable, "-m", "bench.memory", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_peak_grows_by_the_documented_amount(measured: list[dict[str, Any]]) -> None:
    short, long = (max(one["peaks"].values()) for one in measured)
    assert long - short <= (HOURS[1] - HOURS[0]) * MIB_PER_HOUR + WARM_UP_MIB


def test_memory_is_returned_after_a_long_recording(measured: list[dict[str, Any]]) -> None:
    short, long = (one["after"] for one in measured)
    assert long - short <= MARGIN_MIB
