"""The points at which a process is killed: before, inside and after each durable write.

A point names a function of the farm; a test sees to it that every one is still there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Part = Literal["dispatcher", "worker"]


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

    def told(call: Call) -> bool:
        _, where, done = call.args
        return bool(where == stage and (0 < done < 1 or not share_known))

    return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Where a part is killed: before or after `target`, a function as `module:attribute`.

    `needs` is what a farm must have so that it is reached at all: `folder`, `s3` or `rabbitmq`.
    """

    part: Part
    target: str
    moment: Literal["before", "after"]
    when: Callable[[Call], bool] = always
    needs: str = ""


_INTAKE = "whisperfarm_dispatcher.submission.storage"
_LEDGER = "whisperfarm_store.ledger.ledger:Ledger"
_STATEMENTS = "whisperfarm_store.ledger"
_FOLDER = "whisperfarm_store.blobs.folder"
_S3 = "whisperfarm_store.blobs.s3"
_CHECKPOINT = "whisperfarm_worker.attempt.checkpoint:JobCheckpoint"
_CACHE = "whisperfarm_worker.attempt.cache:ResultCache"
_PUBLISHER = "whisperfarm_store.broker.publisher:Publisher"
_HTTP_CALLBACKS = "whisperfarm_dispatcher.callbacks.http:HttpCallbacks"
_QUEUE_CALLBACKS = "whisperfarm_dispatcher.callbacks.amqp:QueueCallbacks"
_DESK = "whisperfarm_dispatcher.amqp.handler:Desk"
_REPORT = "whisperfarm_worker.attempt.lease:Lease.report"


def _dispatcher(target: str, moment: Literal["before", "after"], **more: Any) -> Point:
    return Point(part="dispatcher", target=target, moment=moment, **more)


def _worker(target: str, moment: Literal["before", "after"], **more: Any) -> Point:
    return Point(part="worker", target=target, moment=moment, **more)


_DISPATCHER = {
    "upload: a part is written": _dispatcher(f"{_INTAKE}:_Intake.take", "after"),
    "upload: all is written, no blob yet": _dispatcher(f"{_INTAKE}:_Intake.end", "after"),
    "upload: blob named, its folder not synced": _dispatcher(
        f"{_FOLDER}:sync_folder", "before", needs="folder"
    ),
    "upload: before S3 is told that it is whole": _dispatcher(
        f"{_S3}_upload:Upload.complete", "before", needs="s3"
    ),
    "upload: the blob is kept": _dispatcher(f"{_INTAKE}:store", "after"),
    "message: read, no job yet": _dispatcher(f"{_DESK}._accept", "before", needs="rabbitmq"),
    "message: its job is entered, not acknowledged": _dispatcher(
        f"{_DESK}._accept", "after", needs="rabbitmq"
    ),
    "accept: before the insert": _dispatcher(f"{_LEDGER}.insert", "before"),
    "accept: inserted, not committed": _dispatcher(f"{_STATEMENTS}.submit:insert_job", "after"),
    "accept: committed, not answered": _dispatcher(f"{_LEDGER}.insert", "after"),
    "release: before publishing": _dispatcher(f"{_PUBLISHER}.publish", "before"),
    "release: published, not marked": _dispatcher(f"{_PUBLISHER}.publish", "after"),
    "release: before the mark": _dispatcher(f"{_LEDGER}.released", "before"),
    "release: marked, not committed": _dispatcher(f"{_STATEMENTS}.dispatch:released", "after"),
    "release: mark committed": _dispatcher(f"{_LEDGER}.released", "after"),
    "rescue: moved, not committed": _dispatcher(
        f"{_STATEMENTS}.rescue:rescue", "after", when=with_result
    ),
    "rescue: committed": _dispatcher(f"{_LEDGER}.rescue", "after", when=with_result),
    "cancel: before asking": _dispatcher(f"{_LEDGER}.ask_cancel", "before"),
    "cancel: asked, not answered": _dispatcher(f"{_LEDGER}.ask_cancel", "after"),
    "wait: a caller begins to wait": _dispatcher(
        "whisperfarm_dispatcher.api.wait:until_ended", "before"
    ),
    "wait: an end is seen": _dispatcher(f"{_LEDGER}.ended", "after", when=with_result),
    "result: before it is read": _dispatcher(
        "whisperfarm_dispatcher.api.results:rendered", "before"
    ),
    "callback: taken, not committed": _dispatcher(
        f"{_STATEMENTS}.callbacks:take", "after", when=with_result
    ),
    "callback: taken": _dispatcher(f"{_LEDGER}.take_callback", "after", when=with_result),
    "callback: before it is sent": _dispatcher(f"{_HTTP_CALLBACKS}.attempt", "before"),
    "callback: amid the answer": _dispatcher(f"{_HTTP_CALLBACKS}._judged", "before"),
    "callback: delivered, not marked": _dispatcher(f"{_HTTP_CALLBACKS}.attempt", "after"),
    "callback: before the reply is sent": _dispatcher(
        f"{_QUEUE_CALLBACKS}.attempt", "before", needs="rabbitmq", when=of_reply
    ),
    "callback: reply sent, not marked": _dispatcher(
        f"{_QUEUE_CALLBACKS}.attempt", "after", needs="rabbitmq", when=of_reply
    ),
    "callback: marked, not committed": _dispatcher(f"{_STATEMENTS}.callbacks:tried", "after"),
    "callback: mark committed": _dispatcher(f"{_LEDGER}.callback_tried", "after"),
}

_WORKER = {
    "claim: before": _worker(f"{_LEDGER}.claim", "before"),
    "claim: made, not committed": _worker(
        f"{_STATEMENTS}.transitions.attempts:claim", "after", when=with_result
    ),
    "claim: committed": _worker(f"{_LEDGER}.claim", "after", when=with_result),
    "beat: before": _worker(f"{_LEDGER}.beat", "before"),
    "beat: made, not committed": _worker(f"{_STATEMENTS}.transitions.attempts:beat", "after"),
    "beat: committed": _worker(f"{_LEDGER}.beat", "after"),
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
    "finish: before": _worker(f"{_LEDGER}.succeed", "before"),
    "finish: who is to be told is noted, not committed": _worker(
        f"{_STATEMENTS}.transitions.finish:end", "after", when=with_result
    ),
    "finish: made, not committed": _worker(f"{_STATEMENTS}.transitions.attempts:succeed", "after"),
    "finish: committed": _worker(f"{_LEDGER}.succeed", "after"),
    "fail: before": _worker(f"{_LEDGER}.fail", "before"),
    "fail: committed": _worker(f"{_LEDGER}.fail", "after"),
    "requeue: before": _worker(f"{_LEDGER}.requeue", "before"),
    "requeue: made, not committed": _worker(f"{_STATEMENTS}.transitions.attempts:requeue", "after"),
    "requeue: committed": _worker(f"{_LEDGER}.requeue", "after"),
    "cancel: before the end": _worker(f"{_LEDGER}.cancelled", "before"),
    "cancel: end committed": _worker(f"{_LEDGER}.cancelled", "after"),
    "cache: before the result is kept": _worker(f"{_CACHE}.keep", "before"),
    "cache: the result is kept": _worker(f"{_CACHE}.keep", "after"),
    "checkpoint: before it is forgotten": _worker(f"{_CHECKPOINT}.forget", "before"),
    "ack: the attempt is over, the message not": _worker(
        "whisperfarm_worker.attempt.run:Task.__call__", "after"
    ),
}

POINTS: Mapping[str, Point] = MappingProxyType({**_DISPATCHER, **_WORKER})
"""By name. Within a part they stand in the order of a job's life."""
