"""The facts of a claim say what the attempt is made with."""

from collections.abc import Mapping
from typing import Any

from tests.support.fake_engine import FakeEngine
from tests.support.jobs import new_job
from whisperfarm_worker.process.custody_facts import CustodyFacts


class OnGpu(FakeEngine):
    """An engine that is not asked for its GPU, because it has no torch."""

    def describe(self) -> Mapping[str, Any]:
        return {"engine": "fake", "versions": {"fake": "1"}, "device": "cuda:0"}


def test_facts_have_engine_models_and_device() -> None:
    facts = CustodyFacts(OnGpu(), {"demo": "ab12"})(new_job(preset="demo"))
    assert facts["processing_config"] == {
        "engine": "fake",
        "versions": {"fake": "1"},
        "models": "ab12",
    }
    assert facts["system_info"] == {"device": "cuda:0", "gpu": None, "cuda_version": None}


def test_unknown_facts_are_left_out() -> None:
    facts = CustodyFacts(FakeEngine(), {})(new_job())
    assert facts["processing_config"] == {"engine": "fake"}
    assert facts["system_info"]["device"] == "cpu"
