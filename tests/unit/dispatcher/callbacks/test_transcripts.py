"""The transcript in the event for a reply queue, with a real blob store."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from whisperfarm_dispatcher.callbacks.transcripts import MAX_INLINE_BYTES, body_with_transcript
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Callback

KEY = "results/acme/j/1/transcript.json"
LINK = {"transcript_url": "/v1/jobs/j/result"}
CALLBACK = Callback(
    id="j_queue",
    job_id="j",
    tenant="acme",
    protocol="amqp",
    address="queue:mine",
    endpoint="r",
    event="job.succeeded",
    body='{"type":"job.succeeded","data":{"id":"j","detail":"\\udc80"}}',
    state="pending",
    tries=1,
    tries_before_replay=0,
    created_at=0.0,
    result="inline",
    result_key=KEY,
)


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path)


def added(callback: Callback, blobs: FolderBlobs) -> dict[str, Any]:
    """Return the members that are added to the job."""
    body = body_with_transcript(callback, blobs, link_expires_s=60)
    data: dict[str, Any] = json.loads(body.encode())["data"]
    assert (data.pop("id"), data.pop("detail")) == ("j", "\udc80")
    return data


def test_inline_transcript_is_that_of_the_job(blobs: FolderBlobs) -> None:
    blobs.put(KEY, '{"text":"Grüße"}'.encode())
    assert added(CALLBACK, blobs) == {"transcript": {"text": "Grüße"}}


def test_large_transcript_is_a_link(blobs: FolderBlobs) -> None:
    blobs.put(KEY, b'"' + b"x" * (MAX_INLINE_BYTES - 2) + b'"')
    assert "transcript" in added(CALLBACK, blobs)
    blobs.put(KEY, b'"' + b"x" * (MAX_INLINE_BYTES - 1) + b'"')
    assert added(CALLBACK, blobs) == LINK


def test_link_is_sent_on_request(blobs: FolderBlobs) -> None:
    blobs.put(KEY, b"{}")
    assert added(replace(CALLBACK, result="link"), blobs) == LINK


def test_link_of_a_revision_names_it(blobs: FolderBlobs) -> None:
    revised = replace(CALLBACK, result="link", revision=2)
    assert added(revised, blobs) == {"transcript_url": "/v1/jobs/j/result?revision=2"}


def test_deleted_transcript_is_a_link(blobs: FolderBlobs) -> None:
    assert added(CALLBACK, blobs) == LINK


@pytest.mark.parametrize("without", [{"result": None}, {"result_key": None}])
def test_event_without_a_transcript_does_not_change(
    blobs: FolderBlobs, without: dict[str, None]
) -> None:
    callback = replace(CALLBACK, **without)
    assert body_with_transcript(callback, blobs, link_expires_s=60) == CALLBACK.body
