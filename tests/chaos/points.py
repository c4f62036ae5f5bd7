"""Crash points: where tests kill a process, before, inside and after each durable write.

A crash point names a function of the farm; `test_points.py` checks that each of them exists.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Part = Literal["dispatcher", "worker"]
Moment = Literal["before", "commit", "after"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the function. `result` is None until the function has returned."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    result: Any = None


def always(call: Call) -> bool:
    """Match every call."""
    return True


def with_result(call: Call) -> bool:
    """Match calls that returned something true: they changed the ledger."""
    return bool(call.result)


def is_transcript(call: Call) -> bool:
    """Match calls about the blob of a transcript."""
    return str(call.args[1]).endswith("/transcript.json")


def is_job(call: Call) -> bool:
    """Match answers of a hub that has made a job, rather than asked for more of the recording."""
    return isinstance(call.result, str)


def is_reply(call: Call) -> bool:
    """Match callbacks to an AMQP queue."""
    return str(call.args[1].address).startswith("queue:")


def is_appended(call: Call) -> bool:
    """Match the log line of an entry of a chain of custody, which follows its commit."""
    return bool(call.args[0].name == "custody.appended")


def halfway(stage: str) -> Callable[[Call], bool]:
    """Match progress reports of this stage; not the first and last if it reports fractions."""
    reports_fraction = stage in ("speech", "transcribe", "align", "diarize")

    def is_in_stage(call: Call) -> bool:
        _, current, done = call.args
        return bool(current == stage and (0 < done < 1 or not reports_fraction))

    return is_in_stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Kills `part` before or after a call of `target`, a function as `module:attribute`, or
    before the commit of its transaction.

    `needs` names what only some farms have: `folder` (blob store), `s3`, `rabbitmq`,
    `polling` (without Redis, a dispatcher queries the ledger for jobs that have ended), `hub` (to
    which it sends its jobs), `edge` (which sends jobs to it), or `custody` (chains of custody, and
    erasures at a request).
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
_REVISIONS = f"{_LEDGER}.revisions:Revisions"
_PAUSES = f"{_LEDGER}.pauses:Pauses"
_FORWARDS = f"{_LEDGER}.forwards.forwards:Forwards"
_APPEND = f"{_LEDGER}.custody.append"
_ERASURES = f"{_LEDGER}.erasures:Erasures"
_RETENTION = f"{_LEDGER}.retention:Retention"
_HUB = "whisperfarm_dispatcher.hub.farm:HubFarm"
_CHUNKS = "whisperfarm_dispatcher.transfers.chunks:Chunks"
_TRANSFER = "whisperfarm_dispatcher.transfers.submission"
_FOLDER = "whisperfarm_store.blobs.folder"
_S3 = "whisperfarm_store.blobs.s3"
_CHECKPOINT = "whisperfarm_worker.attempt.job_checkpoint:JobCheckpoint"
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
    "upload: block written": _dispatcher(f"{_STORAGE}:_AudioWriter.write", "after"),
    "upload: all blocks written, no blob yet": _dispatcher(
        f"{_STORAGE}:_AudioWriter.finish", "after"
    ),
    "upload: blob renamed, folder not synced": _dispatcher(
        f"{_FOLDER}:sync_folder", "before", needs="folder"
    ),
    "upload: before the S3 upload is completed": _dispatcher(
        f"{_S3}_upload:Upload.complete", "before", needs="s3"
    ),
    "upload: blob stored": _dispatcher(f"{_STORAGE}:store", "after"),
    "message: parsed, no job yet": _dispatcher(f"{_HANDLER}._submit", "before", needs="rabbitmq"),
    "message: job submitted, not acknowledged": _dispatcher(
        f"{_HANDLER}._submit", "after", needs="rabbitmq"
    ),
    "submit: before the insert": _dispatcher(f"{_JOBS}.insert", "before"),
    "submit: inserted, not committed": _dispatcher(f"{_JOBS}.insert", "commit"),
    "submit: committed, not answered": _dispatcher(f"{_JOBS}.insert", "after"),
    "dispatch: before publishing": _dispatcher(f"{_PUBLISHER}.publish", "before"),
    "dispatch: published, not marked": _dispatcher(f"{_PUBLISHER}.publish", "after"),
    "dispatch: before the mark": _dispatcher(f"{_DISPATCH}.mark", "before"),
    "dispatch: marked, not committed": _dispatcher(f"{_DISPATCH}.mark", "commit"),
    "dispatch: mark committed": _dispatcher(f"{_DISPATCH}.mark", "after"),
    "rescue: updated, not committed": _dispatcher(
        f"{_LEDGER}.transitions.rescue:recover_lost", "after", when=with_result
    ),
    "rescue: committed": _dispatcher(f"{_DISPATCH}.rescue", "after", when=with_result),
    "cancel: before the request": _dispatcher(f"{_JOBS}.request_cancel", "before"),
    "cancel: cancelled, not committed": _dispatcher(f"{_JOBS}.request_cancel", "commit"),
    "cancel: committed, not answered": _dispatcher(f"{_JOBS}.request_cancel", "after"),
    "retry: recording copied, no job yet": _dispatcher(f"{_JOBS}.retry", "before"),
    "retry: inserted, not committed": _dispatcher(f"{_JOBS}.retry", "commit"),
    "retry: committed, not answered": _dispatcher(f"{_JOBS}.retry", "after"),
    "revision: blob stored, no row": _dispatcher(f"{_REVISIONS}.insert", "before"),
    "revision: inserted, not committed": _dispatcher(f"{_REVISIONS}.insert", "commit"),
    "revision: committed, not answered": _dispatcher(f"{_REVISIONS}.insert", "after"),
    "pause: before": _dispatcher(f"{_PAUSES}.set", "before"),
    "pause: set, not committed": _dispatcher(f"{_PAUSES}.set", "commit"),
    "pause: committed, not answered": _dispatcher(f"{_PAUSES}.set", "after"),
    "pause: ended, not committed": _dispatcher(f"{_PAUSES}.end", "commit"),
    "pause: end committed, not answered": _dispatcher(f"{_PAUSES}.end", "after"),
    "wait: before waiting": _dispatcher("whisperfarm_dispatcher.api.wait:_finished", "before"),
    "wait: finished job found": _dispatcher(
        f"{_JOBS}.finished_among", "after", needs="polling", when=with_result
    ),
    "result: before reading": _dispatcher("whisperfarm_dispatcher.api.results:render", "before"),
    "callback: claimed, not committed": _dispatcher(f"{_LEDGER}.callbacks:_claim", "after"),
    "callback: claim committed": _dispatcher(f"{_CALLBACKS}.claim", "after", when=with_result),
    "callback: before sending": _dispatcher(f"{_HTTP_SENDER}.send", "before"),
    "callback: response received": _dispatcher(f"{_HTTP_SENDER}._classify", "before"),
    "callback: delivered, not recorded": _dispatcher(f"{_HTTP_SENDER}.send", "after"),
    "callback: before publishing the reply": _dispatcher(
        f"{_AMQP_SENDER}.send", "before", needs="rabbitmq", when=is_reply
    ),
    "callback: reply published, not recorded": _dispatcher(
        f"{_AMQP_SENDER}.send", "after", needs="rabbitmq", when=is_reply
    ),
    "callback: recorded, not committed": _dispatcher(f"{_CALLBACKS}.record_delivery", "commit"),
    "callback: record committed": _dispatcher(f"{_CALLBACKS}.record_delivery", "after"),
}

_FORWARDING = {
    "forward: claim committed": _dispatcher(
        f"{_FORWARDS}.claim", "after", needs="hub", when=with_result
    ),
    "forward: before a chunk": _dispatcher(f"{_HUB}.append", "before", needs="hub"),
    "forward: chunk sent, not recorded": _dispatcher(f"{_HUB}.append", "after", needs="hub"),
    "forward: job made, not recorded": _dispatcher(
        f"{_HUB}.submit", "after", needs="hub", when=is_job
    ),
    "forward: acceptance not committed": _dispatcher(
        f"{_FORWARDS}.record_accepted", "commit", needs="hub"
    ),
    "forward: acceptance committed": _dispatcher(
        f"{_FORWARDS}.record_accepted", "after", needs="hub"
    ),
    "forward: transcript fetched, no blob": _dispatcher(f"{_HUB}.result", "after", needs="hub"),
    "forward: blob stored, no revision": _dispatcher(f"{_FORWARDS}.succeed", "before", needs="hub"),
    "forward: revision inserted, not committed": _dispatcher(
        f"{_FORWARDS}.succeed", "commit", needs="hub"
    ),
    "forward: revision committed": _dispatcher(f"{_FORWARDS}.succeed", "after", needs="hub"),
    "transfer: before a chunk": _dispatcher(f"{_CHUNKS}.append", "before", needs="edge"),
    "transfer: chunk stored, not answered": _dispatcher(f"{_CHUNKS}.append", "after", needs="edge"),
    "transfer: recording complete, no job": _dispatcher(
        f"{_TRANSFER}:read_recording", "before", needs="edge"
    ),
    "transfer: job made, chunks not deleted": _dispatcher(
        f"{_CHUNKS}.delete", "before", needs="edge"
    ),
    "transfer: chunks deleted, not answered": _dispatcher(
        "whisperfarm_dispatcher.api.routes.transfers:submit_transfer", "after", needs="edge"
    ),
}

_CUSTODY = {
    "custody: entry counted, not inserted": _dispatcher(
        f"{_APPEND}:_row_of", "before", needs="custody"
    ),
    "custody: entry inserted, not committed": _dispatcher(
        f"{_APPEND}:after_commit", "before", needs="custody"
    ),
    "custody: entry committed": _dispatcher(
        "whisperfarm_store.events.event:Event.log", "before", needs="custody", when=is_appended
    ),
    "erasure: before the decision": _dispatcher(f"{_ERASURES}.request", "before", needs="custody"),
    "erasure: decided, not committed": _dispatcher(
        f"{_ERASURES}.request", "commit", needs="custody"
    ),
    "erasure: decision committed": _dispatcher(f"{_ERASURES}.request", "after", needs="custody"),
    "erasure: blobs deleted, not recorded": _dispatcher(
        f"{_RETENTION}.mark_deleted", "before", needs="custody"
    ),
    "erasure: recorded, not committed": _dispatcher(
        f"{_RETENTION}.mark_deleted", "commit", needs="custody"
    ),
    "erasure: record committed": _dispatcher(
        f"{_RETENTION}.mark_deleted", "after", needs="custody"
    ),
}

_WORKER = {
    "claim: before": _worker(f"{_ATTEMPTS}.claim", "before"),
    "claim: updated, not committed": _worker(f"{_LEDGER}.attempts:job_of", "after"),
    "claim: committed": _worker(f"{_ATTEMPTS}.claim", "after", when=with_result),
    "heartbeat: before": _worker(f"{_ATTEMPTS}.heartbeat", "before"),
    "heartbeat: updated, not committed": _worker(f"{_ATTEMPTS}.heartbeat", "commit"),
    "heartbeat: committed": _worker(f"{_ATTEMPTS}.heartbeat", "after"),
    **{
        f"stage: in {stage}": _worker(_REPORT, "after", when=halfway(stage))
        for stage in ("fetch", "decode", "speech", "transcribe", "align", "diarize", "render")
    },
    "checkpoint: before saving": _worker(f"{_CHECKPOINT}.save", "before"),
    "checkpoint: saved": _worker(f"{_CHECKPOINT}.save", "after"),
    "result: before the put": _worker(
        f"{_FOLDER}:FolderBlobs.put", "before", needs="folder", when=is_transcript
    ),
    "result: blob renamed, folder not synced": _worker(
        f"{_FOLDER}:sync_folder", "before", needs="folder"
    ),
    "result: put": _worker(
        f"{_FOLDER}:FolderBlobs.put", "after", needs="folder", when=is_transcript
    ),
    "result: before the put, S3": _worker(
        f"{_S3}:S3Blobs.put", "before", needs="s3", when=is_transcript
    ),
    "result: put, S3": _worker(f"{_S3}:S3Blobs.put", "after", needs="s3", when=is_transcript),
    "finish: before": _worker(f"{_ATTEMPTS}.succeed", "before"),
    "finish: callbacks inserted, not committed": _worker(
        f"{_LEDGER}.transitions.attempt_end:finish_job", "after", when=with_result
    ),
    "finish: updated, not committed": _worker(f"{_ATTEMPTS}.succeed", "commit"),
    "finish: committed": _worker(f"{_ATTEMPTS}.succeed", "after"),
    "fail: before": _worker(f"{_ATTEMPTS}.fail", "before"),
    "fail: committed": _worker(f"{_ATTEMPTS}.fail", "after"),
    "requeue: before": _worker(f"{_ATTEMPTS}.requeue", "before"),
    "requeue: updated, not committed": _worker(f"{_ATTEMPTS}.requeue", "commit"),
    "requeue: committed": _worker(f"{_ATTEMPTS}.requeue", "after"),
    "cache: before storing": _worker(f"{_CACHE}.put", "before"),
    "cache: stored": _worker(f"{_CACHE}.put", "after"),
    "checkpoint: before deletion": _worker(f"{_CHECKPOINT}.delete_all", "before"),
    "ack: attempt finished, message not acknowledged": _worker(
        "whisperfarm_worker.attempt.run:AttemptRunner.__call__", "after"
    ),
}

POINTS: Mapping[str, Point] = MappingProxyType(
    {**_DISPATCHER, **_FORWARDING, **_CUSTODY, **_WORKER}
)
"""Crash points by name; those of one part are in the order of a job's life."""
