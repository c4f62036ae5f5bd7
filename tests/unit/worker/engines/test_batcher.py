"""Windows of several jobs share batches."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest

from tests.support.waiting import until
from whisperfarm_contract.problems import EngineFailed
from whisperfarm_worker.engines.batcher import Batcher
from whisperfarm_worker.engines.errors import DeviceFailed
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import DecodedText, Decoding
from whisperfarm_worker.pipeline.state import Samples

ENGLISH, GERMAN = Decoding(language="en"), Decoding(language="de")
WITHIN_S = 10


class _Model:
    """Transcribes the first sample of a window, records batches, and can be blocked by a test."""

    def __init__(self) -> None:
        self.batches: list[list[float]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.fail: Callable[[int], Exception | None] = lambda _: None

    def __call__(self, windows: Sequence[Samples], decoding: Decoding) -> list[DecodedText]:
        self.batches.append([float(window[0]) for window in windows])
        self.begun.set()
        assert self.go_on.wait(WITHIN_S)
        error = self.fail(len(windows))
        if error is not None:
            raise error
        return [DecodedText(f"{decoding.language} {window[0]:g}", 0.0) for window in windows]


def _windows(*values: float) -> list[Samples]:
    return [np.array([value], dtype=np.float32) for value in values]


def _go_on(_: float) -> None:
    pass


@contextmanager
def _batcher(model: _Model, *, batch_size: int = 4) -> Iterator[Batcher]:
    batcher = Batcher(model, semaphore=FairSemaphore(), batch_size=batch_size)
    try:
        yield batcher
    finally:
        model.go_on.set()
        batcher.close()


def _texts(texts: list[DecodedText]) -> list[str]:
    return [text.text for text in texts]


def test_texts_keep_the_order_of_the_windows() -> None:
    with _batcher(_Model(), batch_size=2) as batcher:
        texts = batcher.transcribe(_windows(1, 2, 3), ENGLISH, on_progress=_go_on)
    assert _texts(texts) == ["en 1", "en 2", "en 3"]


def test_transcribe_of_no_windows_is_empty() -> None:
    with _batcher(_Model()) as batcher:
        assert batcher.transcribe([], ENGLISH, on_progress=_go_on) == []


@contextmanager
def _while_busy(model: _Model, batcher: Batcher) -> Iterator[ThreadPoolExecutor]:
    """Start jobs that wait in the queue while the model is busy."""
    model.go_on.clear()
    with ThreadPoolExecutor(8) as pool:
        pool.submit(batcher.transcribe, _windows(0), ENGLISH, on_progress=_go_on)
        assert model.begun.wait(WITHIN_S)
        yield pool
        model.go_on.set()


def _waiting(batcher: Batcher, count: int) -> None:
    """Wait until `count` windows are queued."""
    until(lambda: batcher.waiting == count, f"{count} windows to wait", within_s=WITHIN_S)


def test_jobs_share_a_batch() -> None:
    model = _Model()
    with _batcher(model) as batcher:
        with _while_busy(model, batcher) as pool:
            one = pool.submit(batcher.transcribe, _windows(1, 2), ENGLISH, on_progress=_go_on)
            _waiting(batcher, 2)
            two = pool.submit(batcher.transcribe, _windows(3, 4), ENGLISH, on_progress=_go_on)
            _waiting(batcher, 4)
        assert _texts(one.result(WITHIN_S)) == ["en 1", "en 2"]
        assert _texts(two.result(WITHIN_S)) == ["en 3", "en 4"]
    assert model.batches == [[0], [1, 3, 2, 4]]


def test_different_decodings_do_not_share_a_batch() -> None:
    model = _Model()
    with _batcher(model) as batcher:
        with _while_busy(model, batcher) as pool:
            one = pool.submit(batcher.transcribe, _windows(1), ENGLISH, on_progress=_go_on)
            _waiting(batcher, 1)
            two = pool.submit(batcher.transcribe, _windows(2), GERMAN, on_progress=_go_on)
            _waiting(batcher, 2)
        assert (_texts(one.result(WITHIN_S)), _texts(two.result(WITHIN_S))) == (["en 1"], ["de 2"])
    assert model.batches == [[0], [1], [2]]


def test_progress_is_reported_between_batches() -> None:
    seen: list[float] = []
    with _batcher(_Model(), batch_size=1) as batcher:
        batcher.transcribe(_windows(1, 2), ENGLISH, on_progress=seen.append)
    assert seen[0] == 0.0
    assert 0.5 in seen


class _Enough(Exception):
    pass


def test_stopped_job_removes_its_waiting_windows() -> None:
    model = _Model()

    def stop(_: float) -> None:
        raise _Enough

    with _batcher(model) as batcher:
        with _while_busy(model, batcher) as pool:
            stopped: Future[list[DecodedText]] = pool.submit(
                batcher.transcribe, _windows(*range(9)), ENGLISH, on_progress=stop
            )
            with pytest.raises(_Enough):
                stopped.result(WITHIN_S)
        assert _texts(batcher.transcribe(_windows(7), ENGLISH, on_progress=_go_on)) == ["en 7"]
    assert model.batches == [[0], [7]]


def test_job_stopped_during_a_batch_is_not_decoded_further() -> None:
    """Not even if the next batch starts before the job's own thread notices the stop."""
    model, stopped = _Model(), threading.Event()

    def on_progress(_: float) -> None:
        if stopped.is_set():
            raise _Enough

    with _batcher(model, batch_size=2) as batcher, ThreadPoolExecutor(1) as pool:
        model.go_on.clear()
        call = pool.submit(
            batcher.transcribe, _windows(*range(9)), ENGLISH, on_progress=on_progress
        )
        assert model.begun.wait(WITHIN_S)
        stopped.set()
        model.go_on.set()
        with pytest.raises(_Enough):
            call.result(WITHIN_S)
        assert _texts(batcher.transcribe(_windows(7), ENGLISH, on_progress=_go_on)) == ["en 7"]
    assert model.batches == [[0, 1], [7]]


def test_out_of_memory_halves_the_batch_size() -> None:
    model = _Model()
    model.fail = lambda count: MemoryError() if count > 2 else None
    with _batcher(model, batch_size=8) as batcher:
        texts = batcher.transcribe(_windows(*range(8)), ENGLISH, on_progress=_go_on)
        batcher.transcribe(_windows(1, 2, 3), ENGLISH, on_progress=_go_on)
    assert _texts(texts) == [f"en {number}" for number in range(8)]
    sizes = [len(batch) for batch in model.batches]
    assert sizes == [8, 4, 2, 2, 2, 2, 2, 1]


def test_batch_size_can_shrink_to_one() -> None:
    model = _Model()
    model.fail = lambda count: MemoryError() if count > 1 else None
    with _batcher(model, batch_size=2) as batcher:
        texts = batcher.transcribe(_windows(1, 2), ENGLISH, on_progress=_go_on)
    assert _texts(texts) == ["en 1", "en 2"]


def test_out_of_memory_for_one_window_fails() -> None:
    model = _Model()
    model.fail = lambda _: MemoryError("no more")
    with _batcher(model) as batcher, pytest.raises(MemoryError):
        batcher.transcribe(_windows(1, 2), ENGLISH, on_progress=_go_on)


def test_gpu_out_of_memory_for_one_window_is_a_device_failure() -> None:
    model = _Model()
    model.fail = lambda _: RuntimeError("CUDA failed with error out of memory")
    with _batcher(model) as batcher, pytest.raises(DeviceFailed):
        batcher.transcribe(_windows(1), ENGLISH, on_progress=_go_on)


def test_batch_failure_reaches_only_its_jobs() -> None:
    model = _Model()
    model.fail = lambda _: EngineFailed("bad") if model.batches[-1] == [1] else None
    with _batcher(model, batch_size=1) as batcher:
        with pytest.raises(EngineFailed):
            batcher.transcribe(_windows(1, 2), ENGLISH, on_progress=_go_on)
        assert _texts(batcher.transcribe(_windows(3), ENGLISH, on_progress=_go_on)) == ["en 3"]
