"""The stub engine is asked for no more than it has."""

import pytest

from tests.chaos.engine import StubEngine
from whisperfarm_worker.engines import port


@pytest.mark.parametrize(
    "part", [port.Engine, port.SpeechFinder, port.SpeechModel, port.Aligner, port.Diarizer]
)
def test_the_stub_has_whatever_stages_ask_an_engine_for(part: type) -> None:
    asked = {name for name in vars(part) if not name.startswith("_")}
    assert asked
    assert {name for name in asked if not hasattr(StubEngine(pace=1.0), name)} == set()
