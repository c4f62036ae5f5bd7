"""The stub engine has every member of the ports."""

from pathlib import Path

import pytest

from tests.chaos.engine import StubEngine
from whisperfarm_worker.engines import port


@pytest.mark.parametrize(
    "part",
    [port.Engine, port.VoiceActivityDetector, port.SpeechRecognizer, port.Aligner, port.Diarizer],
)
def test_stub_engine_implements_the_port(part: type) -> None:
    members = {name for name in vars(part) if not name.startswith("_")}
    assert members
    engine = StubEngine(pace=1.0, failed=Path())
    assert {name for name in members if not hasattr(engine, name)} == set()
