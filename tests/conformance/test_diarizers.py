"""What every diarizer does behind the port."""

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch

from tests.conformance.diarizers import DIARIZERS, open_diarizer
from tests.support.recordings import SUPPORT_CALL
from training.wav import read_pcm
from whisperfarm.evaluation.speakers import speaker_errors
from whisperfarm_contract.transcript import Turn
from whisperfarm_worker.attempt.monitor import Cancelled
from whisperfarm_worker.engines.port import Diarizer, OnProgress
from whisperfarm_worker.pipeline.state import SAMPLE_RATE_HZ, Samples

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore"),  # those of the libraries
]

CALL = read_pcm(SUPPORT_CALL).astype(np.float32)
SECONDS = len(CALL) / SAMPLE_RATE_HZ
SHORT_CALL = CALL[: 9 * SAMPLE_RATE_HZ]
MAX_ERROR = 0.05


def _no_network(*_: Any) -> None:
    raise AssertionError("a diarizer opened a connection")


@pytest.fixture(scope="module", params=DIARIZERS)
def diarizer(request: pytest.FixtureRequest) -> Any:
    """Open the diarizer without a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _no_network)
        patch.setattr(socket, "getaddrinfo", _no_network)
        yield open_diarizer(request.param)


@pytest.fixture(scope="module")
def progress() -> list[float]:
    return []


@pytest.fixture(scope="module")
def turns(diarizer: Diarizer, progress: list[float]) -> list[Turn]:
    progress.clear()
    return _turns(diarizer, CALL, progress.append)


def _turns(
    diarizer: Diarizer, samples: Samples, on_progress: OnProgress = lambda _: None
) -> list[Turn]:
    return diarizer.turns(
        samples,
        num_speakers=None,
        min_speakers=None,
        max_speakers=None,
        on_progress=on_progress,
    )


def test_turns_of_the_call_are_those_that_were_spoken(turns: list[Turn]) -> None:
    assert _error_rate(turns) <= MAX_ERROR
    assert len({turn.speaker for turn in turns}) == 2


def _error_rate(turns: list[Turn]) -> float:
    spoken = json.loads(SUPPORT_CALL.with_suffix(".json").read_text())["turns"]
    reference = [Turn(start=one["start"], end=one["end"], speaker=one["speaker"]) for one in spoken]
    errors = speaker_errors(reference, turns)
    return errors.wrong_s / errors.speech_s


def test_turns_lie_in_the_recording(turns: list[Turn]) -> None:
    assert all(0 <= turn.start < turn.end <= SECONDS + 0.1 for turn in turns)


def test_progress_rises_from_0_to_1(turns: list[Turn], progress: list[float]) -> None:
    assert turns
    assert progress == sorted(progress)
    assert 0 <= progress[0] < progress[-1] <= 1


def test_cancelled_call_leaves_calls_of_other_threads_alone(diarizer: Diarizer) -> None:
    alone = _turns(diarizer, SHORT_CALL)
    assert alone

    def cancel(done: float) -> None:
        if done > 0:
            raise Cancelled

    with ThreadPoolExecutor(2) as pool:
        kept = [pool.submit(_turns, diarizer, SHORT_CALL) for _ in range(2)]
        with pytest.raises(Cancelled):
            _turns(diarizer, CALL, cancel)
        assert [one.result(300) for one in kept] == [alone, alone]


@pytest.mark.parametrize("seconds", [0.1, 8.0])
def test_silence_has_no_turns(diarizer: Diarizer, seconds: float) -> None:
    assert _turns(diarizer, np.zeros(int(seconds * SAMPLE_RATE_HZ), np.float32)) == []


def test_speech_from_the_first_sample_is_found(diarizer: Diarizer) -> None:
    first_words = CALL[int(0.5 * SAMPLE_RATE_HZ) : int(2.5 * SAMPLE_RATE_HZ)]
    (turn,) = _turns(diarizer, first_words)
    assert turn.start < 0.3
    assert turn.end > 1.5


def test_process_is_left_as_it_was(diarizer: Diarizer) -> None:
    torch.set_num_threads(1)
    output, seen = sys.stdout, []
    _turns(diarizer, CALL[: 6 * SAMPLE_RATE_HZ], lambda _: seen.append(torch.get_num_threads()))
    assert set(seen) == {torch.get_num_threads()} == {1}
    assert sys.stdout is output
