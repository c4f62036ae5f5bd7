"""Windows of speech from all jobs meet here and share batches; one thread calls the model."""

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
    """One job that waits for the text of its windows."""

    windows: Sequence[Samples]
    decoding: Decoding
    step: Step
    texts: dict[int, Text] = field(default_factory=dict)
    answers: SimpleQueue[tuple[int, Text] | Exception] = field(default_factory=SimpleQueue)

    def tell(self) -> None:
        """Say how much is done. Raises what ends the call."""
        self.step(len(self.texts) / len(self.windows))


class Batcher:
    """Decodes the windows of many callers in common batches.

    `decode` is given at most `batch_size` windows, less once memory was short, and runs under the
    lane. Each call in the line is asked, by its `step`, before every batch: one that ends takes its
    waiting windows with it, and none of them is decoded.
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
        """The text of each window, in order; `heard` is told of each by the caller's own thread."""
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
        """End the thread, after the batch that it is at."""
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
        """The next batch; empty once the batcher is closed."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._line) or self._closed)
                if self._closed:
                    return []
                self._withdraw_ended()
                if batch := self._line.take(self._most):
                    return batch

    def _withdraw_ended(self) -> None:
        """A call that was stopped finds out by itself a moment later: too late for this batch."""
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
        """Memory is short: half as much at once from now on."""
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
    """After a GPU has run out of memory for one window, CTranslate2 does not come back."""
    if is_poison(error) or (is_memory(error) and "cuda" in str(error).lower()):
        return Poisoned(f"the speech model's device is broken: {in_words(error)}")
    return error
