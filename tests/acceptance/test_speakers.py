"""Voices that are enrolled from one recording name speakers in others, with the demo models.

Every command of docs/how-to/speakers.md runs, in the order of the page.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, update

from tests.support.environment import environment
from tests.support.farm import EmbeddedFarm
from tests.support.project import ROOT
from tests.support.recordings import wav
from training.espeak import SAMPLE_RATE_HZ, Synthesizer
from training.voices import Speaker
from whisperfarm_store.ledger.db.tables import speakers as voices

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "how-to" / "speakers.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
MAN, WOMAN = Speaker("en-us+m3", 150, 45), Speaker("en-gb+f2", 150, 60)
AGENT = Speaker("en-gb+m7", 150, 40)
FIRST = "hello thank you for calling customer support how can i help you today"
SECOND = "hello i am calling about a problem with my internet line"
THIRD = "i am sorry about the problem what is your account number please"
FOURTH = "can i have a refund for this order please hold the line"

Write = Callable[..., Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Return a function that records what speakers say after each other."""
    folder, synthesizer = tmp_path_factory.mktemp("voices"), Synthesizer()
    pause = bytes(SAMPLE_RATE_HZ)

    def record(name: str, *said: tuple[Speaker, str]) -> Path:
        parts = [synthesizer.say(text, who).samples.tobytes() + pause for who, text in said]
        path = folder / name
        path.write_bytes(wav(pause + b"".join(parts), rate_hz=SAMPLE_RATE_HZ))
        return path

    return record


@pytest.fixture(scope="module")
def call(farm: EmbeddedFarm, write: Write) -> str:
    """Return the job of a call between a man and a woman, which has kept their voices."""
    said = [(MAN, FIRST), (WOMAN, SECOND), (MAN, THIRD), (WOMAN, FOURTH)]
    job = farm.submit(write("first.wav", *said), diarize=True, keep_voices=True)
    assert farm.ended(job)["state"] == "succeeded"
    return job


@pytest.fixture(scope="module")
def carl(farm: EmbeddedFarm, call: str) -> Iterator[dict[str, Any]]:
    """Enrol the man of the call."""
    wanted = {"name": "Carl Öz", "consent": "form 1", "job": call, "speaker": "SPEAKER_00"}
    enrolled = farm.http.post("/v1/speakers", json=wanted)
    assert enrolled.status_code == 201, enrolled.text
    yield enrolled.json()
    assert farm.http.delete(f"/v1/speakers/{enrolled.json()['id']}").status_code == 204


@pytest.fixture(scope="module")
def with_stranger(write: Write) -> Path:
    """Return a call of the man with someone whose voice is not enrolled."""
    return write("stranger.wav", (AGENT, FIRST), (MAN, SECOND), (AGENT, THIRD), (MAN, FOURTH))


def named(farm: EmbeddedFarm, recording: Path, **options: Any) -> dict[str, Any]:
    """Return the transcript of a job with `name_speakers`."""
    job = farm.submit(recording, **{"diarize": True, "name_speakers": True, **options})
    assert farm.ended(job)["state"] == "succeeded"
    return dict(farm.result(job).json())


def speakers(transcript: dict[str, Any]) -> list[str]:
    return [segment["speaker"] for segment in transcript["segments"]]


@contextmanager
def changed(farm: EmbeddedFarm, **column: str) -> Iterator[None]:
    """Change a column of all enrolled voices, as no caller can, until the block ends."""
    ledger = create_engine(f"sqlite:///{farm.data_dir / 'ledger.sqlite'}")
    with ledger.begin() as connection:
        before = connection.execute(select(*(voices.c[name] for name in column))).first()
        connection.execute(update(voices).values(column))
    assert before is not None
    yield
    with ledger.begin() as connection:
        connection.execute(update(voices).values(before._asdict()))
    ledger.dispose()


def test_commands_of_the_page(farm: EmbeddedFarm, call: str, write: Write, tmp_path: Path) -> None:
    folder = write("sample.wav", (AGENT, FIRST), (AGENT, SECOND)).parent
    write("call.wav", (WOMAN, THIRD), (AGENT, SECOND), (WOMAN, FIRST), (AGENT, FOURTH))
    ended = subprocess.run(
        ["bash", "-euc", "\n".join(f"{block}\necho --" for block in BLOCKS)],
        cwd=folder,
        env={
            **environment(WHISPERFARM_URL=farm.url, JOB=call),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    sample, of_job, transcript, erased = ended.stdout.split("--\n")[:-1]
    assert "Ana Lima" in sample
    assert "Ben Ode" in of_job
    made = json.loads(transcript)
    assert speakers(made) == ["Ben Ode", "Ana Lima"] * 2
    assert {one["speaker"] for one in made["turns"]} == {"Ana Lima", "Ben Ode"}
    assert erased.endswith("1 voices erased\n")
    assert erased.count("Ben Ode") == 1
    again = named(farm, folder / "call.wav")
    assert speakers(again) == ["SPEAKER_00", "Ana Lima"] * 2
    assert [one["name"] for one in again["known_speakers"]] == ["Ana Lima"]
    [ana] = again["known_speakers"]
    assert farm.http.delete(f"/v1/speakers/{ana['voice']}").status_code == 204


def test_known_voice_is_named_and_others_are_not(
    farm: EmbeddedFarm, carl: dict[str, Any], with_stranger: Path
) -> None:
    made = named(farm, with_stranger)
    assert speakers(made) == ["SPEAKER_00", "Carl Öz"] * 2
    [known] = made["known_speakers"]
    assert (known["name"], known["voice"]) == ("Carl Öz", carl["id"])
    assert 0.8 <= known["score"] <= 1
    assert made["warnings"] == []


@pytest.mark.usefixtures("carl")
def test_voice_of_another_tenant_is_not_compared(farm: EmbeddedFarm, with_stranger: Path) -> None:
    with changed(farm, tenant="south"):
        made = named(farm, with_stranger)
    assert speakers(made) == ["SPEAKER_00", "SPEAKER_01"] * 2
    assert (made["known_speakers"], made["warnings"]) == ([], [])


@pytest.mark.usefixtures("carl")
def test_voice_of_another_model_is_not_compared(farm: EmbeddedFarm, with_stranger: Path) -> None:
    with changed(farm, model="0" * 64):
        made = named(farm, with_stranger)
    assert speakers(made) == ["SPEAKER_00", "SPEAKER_01"] * 2
    [warning] = made["warnings"]
    assert "another model computed them" in warning


@pytest.mark.usefixtures("carl")
def test_nothing_is_compared_without_diarization(farm: EmbeddedFarm, with_stranger: Path) -> None:
    made = named(farm, with_stranger, diarize=False, keep_voices=True)
    assert "known_speakers" not in made
    assert made["warnings"] == [
        f"{name} has no effect: diarize is off" for name in ("name_speakers", "keep_voices")
    ]


def test_voices_are_in_no_log(farm: EmbeddedFarm, carl: dict[str, Any]) -> None:
    log = (farm.data_dir.parent / "farm.log").read_text("utf-8")
    assert carl["job"] in log
    assert not re.search(r"embedding|Carl|Ana Lima|form 1\b", log)
