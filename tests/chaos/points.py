"""The points at which a process is killed: before, inside and after each durable write.

A point names a function of the farm; a test sees to it that every one is still there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Part = Literal["dispatcher", "worker"]
Moment = Literal["before", "commit", "after"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the function: `result` is there when it has returned."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    result: Any = None


def always(call: Call) -> bool:
    """Every call."""
    return True


def with_result(call: Call) -> bool:
    """A call that did something."""
    return bool(call.result)


def of_result(call: Call) -> bool:
    """A call that is about a transcript's blob."""
    return str(call.args[1]).startswith("results/")


def of_reply(call: Call) -> bool:
    """A callback that goes to a queue."""
    return str(call.args[1].address).startswith("queue:")


def midway(stage: str) -> Callable[[Call], bool]:
    """A report out of the midst of a stage, where the stage has one."""
    share_known = stage in ("speech", "transcribe", "align", "diarize")

    def received(call: Call) -> bool:
        _, where, done = call.args
        return bool(where == stage and (0 < done < 1 or not share_known))

    return received


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a part is killed: before or after `target`, a function as `module:attribute`, or before
    the commit of its transaction.

    `needs` is what a farm must have so that it is reached at all: `folder`, `s3` or `rabbitmq`.
    """

    part: Part
    target: str
    moment: Moment
    when: Callable[[Call], bool] = always
    needs: str = ""


_STORAGE = "whisperfarm_dispatcher.submission.storage"
_LEDGER = "whisperfarm_store.ledger"
_JOBS = f"{_LEDGER}.jobs:Jobs"
_ATTEMPTS = f"{_LEDGER}.attempts:Attempts"
_DISPATCH = f"{_LEDGER}.dispatch:Dispatch"
_CALLBACKS = f"{_LEDGER}.callbacks:Callbacks"
_FOLDER = "whisperfarm_store.blobs.folder"
_S3 = "whisperfarm_store.blobs.s3"
_CHECKPOINT = "whisperfarm_worker.attempt.checkpoint:JobCheckpoint"
_CACHE = "whisperfarm_worker.attempt.cache:ResultCache"
_PUBLISHER = "whisperfarm_store.broker.publisher:Publisher"
_HTTP_SENDER = "whisperfarm_dispatcher.callbacks.http:HttpSender"
_AMQP_SENDER = "whisperfarm_dispatcher.callbacks.amqp:AmqpSender"
_HANDLER = "whisperfarm_dispatcher.amqp.handler:MessageHandler"
_REPORT = "whisperfarm_worker.attempt.lease:Lease.report_progress"


def _dispatcher(target: str, moment: Moment, **more: Any) -> Point:
    return Point(part="dispatcher", target=target, moment=moment, **more)


def _worker(target: str, moment: Moment, **more: Any) -> Point:
    return Point(part="worker", target=target, moment=moment, **more)


_DISPATCHER = {
    "upload: a part is written": _dispatcher(f"{_STORAGE}:_AudioWriter.write", "after"),
    "upload: all is written, no blob yet": _dispatcher(f"{_STORAGE}:_AudioWriter.finish", "after"),
    "upload: blob named, its folder not synced": _dispatcher(
        f"{_FOLDER}:sync_folder", "before", needs="folder"
    ),
    "upload: before S3 is told that it is whole": _dispatcher(
        f"{_S3}_upload:Upload.complete", "before", needs="s3"
    ),
    "upload: the blob is kept": _dispatcher(f"{_STORAGE}:store", "after"),
    "message: read, no job yet": _dispatcher(f"{_HANDLER}._submit", "before", needs="rabbitmq"),
    "message: its job is entered, not acknowledged": _dispatcher(
        f"{_HANDLER}._submit", "after", needs="rabbitmq"
    ),
    "accept: before the insert": _dispatcher(f"{_JOBS}.insert", "before"),
    "accept: inserted, not committed": _dispatcher(f"{_JOBS}.insert", "commit"),
    "accept: committed, not answered": _dispatcher(f"{_JOBS}.insert", "after"),
    "release: before publishing": _dispatcher(f"{_PUBLISHER}.publish", "before"),
    "release: published, not marked": _dispatcher(f"{_PUBLISHER}.publish", "after"),
    "release: before the mark": _dispatcher(f"{_DISPATCH}.mark", "before"),
    "release: marked, not committed": _dispatcher(f"{_DISPATCH}.mark", "commit"),
    "release: mark committed": _dispatcher(f"{_DISPATCH}.mark", "after"),
    "rescue: moved, not committed": _dispatcher(
        f"{_LEDGER}.transitions.rescue:recover_lost", "after", when=with_result
    ),
    "rescue: committed": _dispatcher(f"{_DISPATCH}.rescue", "after", when=with_result),
    "cancel: before asking": _dispatcher(f"{_JOBS}.request_cancel", "before"),
    "cancel: made, not committed": _dispatcher(f"{_JOBS}.request_cancel", "commit"),
    "cancel: asked, not answered": _dispatcher(f"{_JOBS}.request_cancel", "after"),
    "wait: a caller begins to wait": _dispatcher(
        "whisperfarm_dispatcher.api.wait:_finished", "before"
    ),
    "wait: an end is seen": _dispatcher(f"{_JOBS}.finished_among", "after", when=with_result),
    "result: before it is read": _dispatcher("whisperfarm_dispatcher.api.results:render", "before"),
    "callback: taken, not committed": _dispatcher(f"{_LEDGER}.callbacks:_claim", "after"),
    "callback: taken": _dispatcher(f"{_CALLBACKS}.claim", "after", when=with_result),
    "callback: before it is sent": _dispatcher(f"{_HTTP_SENDER}.send", "before"),
    "callback: amid the answer": _dispatcher(f"{_HTTP_SENDER}._classify", "before"),
    "callback: delivered, not marked": _dispatcher(f"{_HTTP_SENDER}.send", "after"),
    "callback: before the reply is sent": _dispatcher(
        f"{_AMQP_SENDER}.send", "before", needs="rabbitmq", when=of_reply
    ),
    "callback: reply sent, not marked": _dispatcher(
        f"{_AMQP_SENDER}.send", "after", needs="rabbitmq", when=of_reply
    ),
    "callback: marked, not committed": _dispatcher(f"{_CALLBACKS}.record_delivery", "commit"),
    "callback: mark committed": _dispatcher(f"{_CALLBACKS}.record_delivery", "after"),
}

_WORKER = {
    "claim: before": _worker(f"{_ATTEMPTS}.claim", "before"),
    "claim: made, not committed": _worker(f"{_LEDGER}.attempts:job_of", "after"),
    "claim: committed": _worker(f"{_ATTEMPTS}.claim", "after", when=with_result),
    "beat: before": _worker(f"{_ATTEMPTS}.heartbeat", "before"),
    "beat: made, not committed": _worker(f"{_ATTEMPTS}.heartbeat", "commit"),
    "beat: committed": _worker(f"{_ATTEMPTS}.heartbeat", "after"),
    **{
        f"stage: in {stage}": _worker(_REPORT, "after", when=midway(stage))
        for stage in ("fetch", "decode", "speech", "transcribe", "align", "diarize", "render")
    },
    "checkpoint: before it is written": _worker(f"{_CHECKPOINT}.save", "before"),
    "checkpoint: written": _worker(f"{_CHECKPOINT}.save", "after"),
    "result: before the put": _worker(
        f"{_FOLDER}:FolderBlobs.put", "before", needs="folder", when=of_result
    ),
    "result: blob named, its folder not synced": _worker(
        f"{_FOLDER}:sync_folder", "before", needs="folder"
    ),
    "result: put": _worker(f"{_FOLDER}:FolderBlobs.put", "after", needs="folder", when=of_result),
    "result: before the put, S3": _worker(
        f"{_S3}:S3Blobs.put", "before", needs="s3", when=of_result
    ),
    "result: put, S3": _worker(f"{_S3}:S3Blobs.put", "after", needs="s3", when=of_result),
    "finish: before": _worker(f"{_ATTEMPTS}.succeed", "before"),
    "finish: who is to be told is noted, not committed": _worker(
        f"{_LEDGER}.transitions.finish:finish_job", "after", when=with_result
    ),
    "finish: made, not committed": _worker(f"{_ATTEMPTS}.succeed", "commit"),
    "finish: committed": _worker(f"{_ATTEMPTS}.succeed", "after"),
    "fail: before": _worker(f"{_ATTEMPTS}.fail", "before"),
    "fail: committed": _worker(f"{_ATTEMPTS}.fail", "after"),
    "requeue: before": _worker(f"{_ATTEMPTS}.requeue", "before"),
    "requeue: made, not committed": _worker(f"{_ATTEMPTS}.requeue", "commit"),
    "requeue: committed": _worker(f"{_ATTEMPTS}.requeue", "after"),
    "cache: before the result is kept": _worker(f"{_CACHE}.put", "before"),
    "cache: the result is kept": _worker(f"{_CACHE}.put", "after"),
    "checkpoint: before it is forgotten": _worker(f"{_CHECKPOINT}.delete_all", "before"),
    "ack: the attempt is over, the message not": _worker(
        "whisperfarm_worker.attempt.run:AttemptRunner.__call__", "after"
    ),
}

POINTS: Mapping[str, Point] = MappingProxyType({**_DISPATCHER, **_WORKER})
"""By name. Within a part they stand in the order of a job's life."""
