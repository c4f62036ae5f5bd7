"""Adds the transcript, or a link to it, to the event for a reply queue that asked for it."""

import json
from typing import Any

from whisperfarm_contract.links import result_path, revision_result_path
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Callback

MAX_INLINE_BYTES = 4 << 20
"""Most bytes of a transcript in a message. As JSON in ASCII it has up to three times as many, and
RabbitMQ accepts messages of 16 MiB."""


def body_with_transcript(callback: Callback, blobs: Blobs, *, link_expires_s: int) -> str:
    """Return the body of the event, with what its receiver asked for.

    A transcript above `MAX_INLINE_BYTES` becomes a link. Links that need no key expire after
    `link_expires_s` seconds. An event without a transcript, such as that of a failed job, does not
    change. Raises `FarmUnavailable`.
    """
    if callback.result is None or callback.result_key is None:
        return callback.body
    event = json.loads(callback.body)
    if callback.result == "inline" and _fits(blobs, callback.result_key):
        event["data"]["transcript"] = _load(blobs, callback.result_key)
    else:
        event["data"]["transcript_url"] = _link(callback, blobs, link_expires_s)
    return json.dumps(event, separators=(",", ":"))


def _fits(blobs: Blobs, key: str) -> bool:
    size_bytes = blobs.size(key)
    return size_bytes is not None and size_bytes <= MAX_INLINE_BYTES


def _load(blobs: Blobs, key: str) -> Any:
    with blobs.open(key) as file:
        return json.load(file)


def _link(callback: Callback, blobs: Blobs, expires_s: int) -> str:
    """Return an address that needs no key, or the path in the API, which also explains why a
    transcript was deleted."""
    key = callback.result_key or ""
    url = blobs.presigned_url(key, expires_s=expires_s) if blobs.size(key) else None
    if callback.revision is not None:
        return url or revision_result_path(callback.job_id, callback.revision)
    return url or result_path(callback.job_id)
