"""The engine for small machines, in a process without torch."""

import json
import subprocess
import sys
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.support.environment import environment
from tests.support.recordings import SAMPLES
from whisperfarm_contract import transcript
from whisperfarm_contract.transcript import Transcript, Word

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


WITHOUT_TORCH = '''
import json, sys
from importlib.machinery import PathFinder

GONE = {"torch", "torchaudio", "torchvision", "transformers", "whisperx", "pyannote", "pandas"}

class Edge(PathFinder):
    """Finds everything but what is not installed on a small machine."""
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in GONE else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Edge
from pathlib import Path
from whisperfarm_contract.options import Options
from whisperfarm_demo import models_dir
from whisperfarm_worker.local import load_engine, transcribe_file
from whisperfarm_worker.settings import WorkerSettings
settings = WorkerSettings()
[preset] = settings.served_presets().values()
engine = load_engine(settings, bundled_models=models_dir())
for file, options in json.loads(sys.argv[1]):
    made = transcribe_file(
        Path(file), preset=preset, engine=engine, options=Options(**options)
    )
    print(json.dumps(made.to_wire()))
assert not GONE & set(sys.modules)
'''


def _run(folder: Path, jobs: list[Any], **settings: str) -> "subprocess.CompletedProcess[str]":
    last_sent = {
        "WHISPERFARM_DATA_DIR": str(folder),
        "WHISPERFARM_PRESETS": "demo-words",
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, json.dumps(jobs)],
        env=environment(**last_sent), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> list[Transcript]:
    """Transcribe the sample call: plainly, with a speaker per channel, and without word times."""
    jobs = [
        (str(SAMPLES / "support-call.wav"), {}),
        (str(SAMPLES / "support-call-stereo.wav"), {"channels": "speakers"}),
        (str(SAMPLES / "support-call.wav"), {"align": False}),
    ]
    ended = _run(tmp_path_factory.mktemp("edge"), jobs)
    assert ended.returncode == 0, ended.stderr
    lines = [line for line in ended.stdout.splitlines() if line.startswith("{")]
    return [transcript.from_wire(json.loads(line)) for line in lines]


def _truth() -> list[dict[str, Any]]:
    last_sent = json.loads((SAMPLES / "support-call.json").read_text())
    return list(chain.from_iterable(turn["words"] for turn in last_sent["turns"]))


def _words(made: Transcript) -> list[Word]:
    return list(chain.from_iterable(segment.words for segment in made.segments))


def test_sample_call_is_transcribed_word_for_word(heard: list[Transcript]) -> None:
    assert heard[0].text == " ".join(word["word"] for word in _truth())
    assert heard[0].provenance["engine"] == "faster-whisper"


def test_word_times_come_from_attention_with_a_warning(
    heard: list[Transcript],
) -> None:
    assert heard[0].provenance["aligner"] == "the attention of the speech model"
    assert any("less exact" in warning for warning in heard[0].warnings)
    words = _words(heard[0])
    assert not any(word.interpolated for word in words)
    off_s = [abs(word.start - true["start"]) for word, true in zip(words, _truth(), strict=True)]
    assert median(off_s) < 0.04
    assert sum(one < 0.1 for one in off_s) > 0.85 * len(off_s)


def test_channels_can_be_speakers(heard: list[Transcript]) -> None:
    assert {segment.speaker for segment in heard[1].segments} == {"SPEAKER_00", "SPEAKER_01"}


def test_words_are_interpolated_without_alignment(heard: list[Transcript]) -> None:
    assert all(word.interpolated for word in _words(heard[2]))
    assert "aligner" not in heard[2].provenance


def test_preset_with_diarization_fails_at_start_with_a_hint(tmp_path: Path) -> None:
    ended = _run(tmp_path, [], WHISPERFARM_PRESETS="demo")
    assert ended.returncode != 0
    assert "preset demo diarizes, and the engine faster-whisper cannot" in ended.stderr


def test_missing_engine_fails_at_start_with_a_hint(tmp_path: Path) -> None:
    ended = _run(tmp_path, [], WHISPERFARM_ENGINE="whisperx")
    assert ended.returncode != 0
    assert "pip install 'whisperfarm[worker]'" in ended.stderr
