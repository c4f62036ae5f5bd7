import json

from whisperfarm_contract.job import Audio, Job, Progress
from whisperfarm_contract.options import Options
from whisperfarm_contract.states import State

JOB = Job(
    id="0193",
    tenant="acme",
    state=State.RUNNING,
    preset="demo",
    options=Options(language="en"),
    audio=Audio(key="audio/acme/0193", sha256="ab", size_bytes=32_044, filename="call.wav"),
    created_at=0.0,
    started_at=1.5,
    attempt=1,
    progress=Progress(stage="decode", done=1 / 3),
    result_key="results/acme/0193/1/transcript.json",
)


def test_callers_see_the_job_as_json() -> None:
    wire = json.loads(json.dumps(JOB.to_wire()))
    assert wire["state"] == "running"
    assert wire["model"] == "demo"
    assert wire["options"] == {"language": "en"}
    assert wire["created_at"] == "1970-01-01T00:00:00.000Z"
    assert wire["started_at"] == "1970-01-01T00:00:01.500Z"
    assert wire["finished_at"] is None
    assert wire["progress"] == {"stage": "decode", "done": 0.333}


def test_callers_see_nothing_of_tenants_and_keys() -> None:
    assert "acme" not in json.dumps(JOB.to_wire())
