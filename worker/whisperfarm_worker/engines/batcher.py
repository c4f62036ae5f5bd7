"""Batching across jobs: one thread gives windows of all jobs to the model in common batches."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from whisperfarm_store import events
from whisperfarm_worker.engines.errors import Poisoned, in_words, is_memory, is_poison
from whisperfarm_worker.engines.fair_queue import Line
from whisperfarm_worker.engines.fair_semaphore import Lane
from whisperfarm_worker.engines.port import Decoding, Heard, Step, Text, unheard
from whisperfarm_worker.pipeline.state import Samples

_LOOK_S = 0.25

Decode = Callable[[Sequence[Samples], Decoding], list[Text]]


@dataclass(eq=False, slots=True)
class _Call:
    """One call of `transcribe` that waits for the text of its windows."""

    windows: Sequence[Samples]
    decoding: Decoding
    step: Step
    texts: dict[int, Text] = field(default_factory=dict)
    answers: SimpleQueue[tuple[int, Text] | Exception] = field(default_factory=SimpleQueue)

    def tell(self) -> None:
        """Report progress. Raises what `step` raises, which ends the call."""
        self.step(len(self.texts) / len(self.windows))


class Batcher:
    """Decoder of the windows of many callers in common batches.

    `decode` receives at most `batch_size` windows, fewer after the device ran out of memory, and
    runs in a slot of `lane`. Before each batch, `step` of every waiting call is called. If it
    raises, the call ends and its waiting windows are not decoded.
    """

    def __init__(self, decode: Decode, *, lane: Lane, batch_size: int) -> None:
        self._decode = decode
        self._lane = lane
        self._most = batch_size
        self._line: Line[_Call, int] = Line()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name="batcher", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many windows are in no batch yet."""
        with self._changed:
            return len(self._line)

    def transcribe(
        self,
        windows: Sequence[Samples],
        decoding: Decoding,
        *,
        step: Step,
        heard: Heard = unheard,
    ) -> list[Text]:
        """Return the text of each window, in order. `heard` is called in the caller's thread."""
        call = _Call(windows, decoding, step)
        with self._changed:
            self._line.add(call, decoding, range(len(windows)))
            self._changed.notify()
        try:
            return _collect(call, heard)
        finally:
            with self._changed:
                self._line.withdraw(call)

    def close(self) -> None:
        """Finish the current batch and stop the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _serve(self) -> None:
        while batch := self._next():
            try:
                texts = self._run(batch)
            except Exception as error:
                self._failed(batch, error)
            else:
                for (call, number), text in zip(batch, texts, strict=True):
                    call.answers.put((number, text))

    def _next(self) -> list[tuple[_Call, int]]:
        """Return the next batch; empty once the batcher is closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._line) or self._closed)
                if self._closed:
                    return []
                self._withdraw_ended()
                if batch := self._line.take(self._most):
                    return batch

    def _withdraw_ended(self) -> None:
        """Drop cancelled calls. Their own threads notice up to `_LOOK_S` seconds later, which is
        too late for this batch."""
        for call in self._line.owners():
            try:
                call.tell()
            except Exception as reason:
                self._line.withdraw(call)
                call.answers.put(reason)

    def _run(self, batch: list[tuple[_Call, int]]) -> list[Text]:
        windows = [call.windows[number] for call, number in batch]
        events.batch.started.log(windows=len(windows), max_windows=self._most)
        with self._lane:
            return self._decode(windows, batch[0][0].decoding)

    def _failed(self, batch: list[tuple[_Call, int]], error: Exception) -> None:
        if is_memory(error) and len(batch) > 1:
            self._try_smaller(batch)
            return
        events.batch.failed.log(windows=len(batch), error=in_words(error))
        for call in {call for call, _ in batch}:
            call.answers.put(_verdict(error))

    def _try_smaller(self, batch: list[tuple[_Call, int]]) -> None:
        """Retry after running out of memory. This and all later batches have half the size."""
        self._most = len(batch) // 2
        events.batch.out_of_memory.log(windows=len(batch), max_windows=self._most)
        with self._changed:
            for call in {call: None for call, _ in batch}:
                numbers = [number for owner, number in batch if owner is call]
                self._line.put_back(call, call.decoding, numbers)


def _collect(call: _Call, heard: Heard) -> list[Text]:
    while len(call.texts) < len(call.windows):
        call.tell()
        with suppress(Empty):
            answer = call.answers.get(timeout=_LOOK_S)
            if isinstance(answer, Exception):
                raise answer
            call.texts[answer[0]] = answer[1]
            heard(*answer)
    return [call.texts[number] for number in range(len(call.texts))]


def _verdict(error: Exception) -> Exception:
    """Return the error for the callers. CTranslate2 does not recover from running out of GPU memory
    on a single window."""
    if is_poison(error) or (is_memory(error) and "cuda" in str(error).lower()):
        return Poisoned(f"the speech model's device is broken: {in_words(error)}")
    return error
