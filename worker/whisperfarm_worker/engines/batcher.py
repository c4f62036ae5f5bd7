"""Batching across jobs: one thread gives windows of all jobs to the model in common batches."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from whisperfarm_store import events
from whisperfarm_worker.engines.errors import classify, describe_error, is_out_of_memory
from whisperfarm_worker.engines.fair_queue import FairQueue
from whisperfarm_worker.engines.fair_semaphore import FairSemaphore
from whisperfarm_worker.engines.port import DecodedText, Decoding, OnProgress, OnText, ignore_text
from whisperfarm_worker.pipeline.state import Samples

_POLL_S = 0.25

Decode = Callable[[Sequence[Samples], Decoding], list[DecodedText]]


@dataclass(eq=False, slots=True)
class _Request:
    """One call of `transcribe` that waits for the text of its windows."""

    windows: Sequence[Samples]
    decoding: Decoding
    on_progress: OnProgress
    texts: dict[int, DecodedText] = field(default_factory=dict)
    results: SimpleQueue[tuple[int, DecodedText] | Exception] = field(default_factory=SimpleQueue)

    def report_progress(self) -> None:
        """Report progress. Raises what `on_progress` raises, which ends the call."""
        self.on_progress(len(self.texts) / len(self.windows))


class Batcher:
    """Decoder of the windows of many callers in common batches.

    `decode` receives at most `batch_size` windows, fewer after the device ran out of memory, and
    runs in a slot of `semaphore`. Before each batch, `on_progress` of every waiting call is called.
    If it raises, the call ends and its waiting windows are not decoded.
    """

    def __init__(self, decode: Decode, *, semaphore: FairSemaphore, batch_size: int) -> None:
        self._decode = decode
        self._semaphore = semaphore
        self._batch_size = batch_size
        self._queue: FairQueue[_Request, int] = FairQueue()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="batcher", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many windows are in no batch yet."""
        with self._changed:
            return len(self._queue)

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        on_progress: OnProgress,
        on_text: OnText = ignore_text,
    ) -> list[DecodedText]:
        """Return the text of each window, in order. `on_text` is called in the caller's thread."""
        request = _Request(windows, decoding, on_progress)
        with self._changed:
            self._queue.add(request, decoding, range(len(windows)))
            self._changed.notify()
        try:
            return _wait_for_texts(request, on_text)
        finally:
            with self._changed:
                self._queue.remove(request)

    def close(self) -> None:
        """Finish the current batch and stop the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _serve(self) -> None:
        while batch := self._next_batch():
            try:
                texts = self._run(batch)
            except Exception as error:
                self._on_error(batch, error)
            else:
                for (request, index), text in zip(batch, texts, strict=True):
                    request.results.put((index, text))

    def _next_batch(self) -> list[tuple[_Request, int]]:
        """Return the next batch; empty once the batcher is closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._queue) or self._closed)
                if self._closed:
                    return []
                self._drop_stopped()
                if batch := self._queue.next_batch(self._batch_size):
                    return batch

    def _drop_stopped(self) -> None:
        """Drop cancelled calls. Their own threads notice up to `_POLL_S` seconds later, which is
        too late for this batch."""
        for request in self._queue.owners():
            try:
                request.report_progress()
            except Exception as reason:
                self._queue.remove(request)
                request.results.put(reason)

    def _run(self, batch: list[tuple[_Request, int]]) -> list[DecodedText]:
        windows = [request.windows[index] for request, index in batch]
        events.batch.started.log(windows=len(windows), max_windows=self._batch_size)
        with self._semaphore:
            return self._decode(windows, batch[0][0].decoding)

    def _on_error(self, batch: list[tuple[_Request, int]], error: Exception) -> None:
        if is_out_of_memory(error) and len(batch) > 1:
            self._split_and_retry(batch)
            return
        events.batch.failed.log(windows=len(batch), error=describe_error(error))
        for request in {request for request, _ in batch}:
            request.results.put(classify(error))

    def _split_and_retry(self, batch: list[tuple[_Request, int]]) -> None:
        """Retry after running out of memory. This and all later batches have half the size."""
        self._batch_size = len(batch) // 2
        events.batch.out_of_memory.log(windows=len(batch), max_windows=self._batch_size)
        with self._changed:
            for request in {request: None for request, _ in batch}:
                indexes = [index for owner, index in batch if owner is request]
                self._queue.requeue(request, request.decoding, indexes)


def _wait_for_texts(request: _Request, on_text: OnText) -> list[DecodedText]:
    while len(request.texts) < len(request.windows):
        request.report_progress()
        with suppress(Empty):
            result = request.results.get(timeout=_POLL_S)
            if isinstance(result, Exception):
                raise result
            request.texts[result[0]] = result[1]
            on_text(*result)
    return [request.texts[index] for index in range(len(request.texts))]
