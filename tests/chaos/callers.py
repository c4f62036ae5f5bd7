"""Callers: they hand in recordings with the farm's own client, never give up, and remember all."""

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos.amqp_caller import AmqpCaller
from tests.chaos.receiver import Received
from tests.chaos.speech import Kind, Spoken, spoken
from whisperfarm_client import results
from whisperfarm_client.address import parse
from whisperfarm_client.api import FarmApi
from whisperfarm_client.audio_file import AudioFile
from whisperfarm_client.retry import Retrier
from whisperfarm_client.transport import HttpConnection
from whisperfarm_contract.problems import StorageFull

_PATIENCE_S = 400.0
_WAIT_S = 4.0
_WRITTEN: tuple[Kind, ...] = ("plain",) * 5 + ("long", "unlucky", "garbled")
_KINDS: tuple[Kind, ...] = ("plain",) * 10 + ("long",) * 3 + ("unlucky", "cancelled", "garbled") * 2


@dataclass(slots=True, kw_only=True)
class Promise:
    """What a caller was told, and when. It is the caller's memory, outside of the farm."""

    key: str
    spoken: Spoken
    url: str
    begun_at: float
    job_id: str = ""
    """Empty: not yet acknowledged."""
    acknowledged_at: float | None = None
    again: str = ""
    """The job's id as it was told when the same request was sent once more."""
    state: str = ""
    problem: str = ""
    text: str = ""
    trouble: str = ""
    """What the client gave up for."""
    refused: bool = False
    """The farm said at the door that it is full."""
    callback_url: str = ""
    """Who is to be told; empty: nobody."""
    by_message: bool = False
    """It was handed in over RabbitMQ, and the end is told to a queue."""

    @property
    def is_told(self) -> bool:
        """Whether somebody is to be told of the end."""
        return self.by_message or bool(self.callback_url)


@dataclass(slots=True)
class Callers:
    """So many callers at once, each with one recording after the other.

    Where the farm takes messages, every fourth caller writes them.
    """

    urls: list[str]
    folder: Path
    count: int
    seed: int
    received: Received
    broker_url: str = ""
    promises: list[Promise] = field(default_factory=list)
    kinds: tuple[Kind, ...] = _KINDS
    _enough: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.count):
            chance = random.Random(self.seed * 1000 + number)
            call = self._write if self.broker_url and number % 4 == 3 else self._call
            self._threads.append(threading.Thread(target=call, args=(number, chance), daemon=True))
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Let each caller come to the end of its last recording."""
        self._enough.set()
        for thread in self._threads:
            thread.join(_PATIENCE_S + 100)

    @property
    def done(self) -> int:
        """How many recordings have come to their end."""
        return sum(bool(promise.state) for promise in self.promises)

    def _call(self, number: int, chance: random.Random) -> None:
        url = self.urls[number % len(self.urls)]
        while not self._enough.is_set():
            promise = Promise(
                key=chance.randbytes(16).hex(),
                spoken=spoken(chance.choice(self.kinds), chance),
                url=url,
                begun_at=time.time(),
                callback_url=chance.choice((self.received.url, "")),
            )
            self.promises.append(promise)
            _Caller(promise, self.folder / f"{promise.key}.wav", chance.random).call()
            if promise.refused:
                self._enough.wait(0.5)

    def _write(self, number: int, chance: random.Random) -> None:
        url = self.urls[number % len(self.urls)]
        with AmqpCaller(self.broker_url, self.received) as caller:
            while not self._enough.is_set():
                promise = Promise(
                    key=f"message:{chance.randbytes(16).hex()}",
                    spoken=spoken(chance.choice(_WRITTEN), chance),
                    url=url,
                    begun_at=time.time(),
                    by_message=True,
                )
                self.promises.append(promise)
                _Writer(promise, caller, chance.random).call()


class _Caller:
    def __init__(self, promise: Promise, file: Path, chance: Callable[[], float]) -> None:
        self._promise = promise
        self._file = file
        self._chance = chance
        self._connection = HttpConnection(parse(promise.url), key=None, ca_file=None)
        self._client = FarmApi(self._connection)

    def call(self) -> None:
        """Submit, wait, fetch."""
        self._file.write_bytes(self._promise.spoken.wav)
        try:
            self._submit_job()
            self._follow()
        except StorageFull as full:
            self._promise.refused = not self._promise.job_id
            self._promise.trouble = "" if self._promise.refused else str(full)
        except Exception as error:
            self._promise.trouble = f"{type(error).__name__}: {error}"
        finally:
            self._connection.close()
            self._file.unlink(missing_ok=True)  # a farm that was given up takes its folder along

    def _submit_job(self) -> None:
        promise = self._promise
        promise.job_id = self._submit()
        promise.acknowledged_at = time.time()
        if self._chance() < 0.1:
            with suppress(StorageFull):  # the job exists already: only the repetition is rejected
                promise.again = self._submit()
        if promise.spoken.kind == "cancelled":
            time.sleep(self._chance() * 1.5)  # so that some run by now, and some do not
            self._client.cancel(promise.job_id)

    def _submit(self) -> str:
        promise = self._promise
        recording = AudioFile(str(self._file), len(promise.spoken.wav), promise.key)
        options = {"model": "demo", "callback_url": promise.callback_url}
        return self._client.submit(recording, options, _retrier(), _unheard)

    def _follow(self) -> None:
        promise = self._promise
        document = self._client.wait_until_finished(
            promise.job_id, _retrier(), _unheard, wait_s=_WAIT_S
        )
        text = self._fetch() if document["state"] == "succeeded" else ""
        promise.problem = str((document["problem"] or {}).get("name", ""))
        promise.text, promise.state = text, document["state"]

    def _fetch(self) -> str:
        body = self._client.result(self._promise.job_id, _retrier())
        return str(results.read(body, silence_text=None)["text"])


class _Writer:
    """Submits by a message; the transcript comes over HTTP, as it does for programs that do so."""

    def __init__(self, promise: Promise, caller: AmqpCaller, chance: Callable[[], float]) -> None:
        self._promise = promise
        self._caller = caller
        self._chance = chance
        self._connection = HttpConnection(parse(promise.url), key=None, ca_file=None)

    def call(self) -> None:
        """Submit, wait, fetch."""
        promise = self._promise
        try:
            self._submit()
            outcome = self._caller.outcome(promise.key, within_s=_PATIENCE_S)
            promise.job_id = outcome.job_id
            promise.problem = outcome.problem
            promise.text = self._fetch() if outcome.state == "succeeded" else ""
            promise.state = outcome.state
        except Exception as error:
            promise.trouble = f"{type(error).__name__}: {error}"
        finally:
            self._connection.close()

    def _submit(self) -> None:
        promise = self._promise
        self._caller.send(promise.key, promise.spoken.wav)
        promise.acknowledged_at = time.time()
        if self._chance() < 0.1:
            self._caller.send(promise.key, promise.spoken.wav)

    def _fetch(self) -> str:
        body = FarmApi(self._connection).result(self._promise.job_id, _retrier())
        return str(results.read(body, silence_text=None)["text"])


def _retrier() -> Retrier:
    return Retrier(deadline=time.monotonic() + _PATIENCE_S, connect_timeout_s=_PATIENCE_S)


def _unheard(stage: str, done: float) -> None:
    """Nobody looks at the progress."""
