"""What an analysis gets, and the check of what it answers."""

import json
from typing import Any

from whisperfarm_contract.additions import MAX_ANSWER_BYTES
from whisperfarm_contract.revisions.revision import MACHINE_NUMBER
from whisperfarm_store.blobs import Blobs
from whisperfarm_store.ledger import Callback


class AdditionFailed(Exception):
    """An analysis gave no valid answer. The text has nothing of the transcript."""

    def __init__(self, error: str, *, status: int | None = None) -> None:
        super().__init__(error)
        self.status = status


def revision_of(callback: Callback) -> int:
    """Return the number of the revision that the analysis gets."""
    return MACHINE_NUMBER if callback.revision is None else callback.revision


def request_body(callback: Callback, blobs: Blobs) -> bytes:
    """Return the JSON document for an analysis. Raises `BlobNotFound` and `FarmUnavailable`."""
    with blobs.open(callback.result_key or "") as file:
        transcript = json.load(file)
    document = {
        "addition": callback.address,
        "job": callback.job_id,
        "tenant": callback.tenant,
        "revision": revision_of(callback),
        "transcript": transcript,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def read_answer(answer: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer. Raises `AdditionFailed`."""
    if len(answer) > MAX_ANSWER_BYTES:
        raise AdditionFailed(f"the answer is longer than {MAX_ANSWER_BYTES >> 20} MiB")
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        raise AdditionFailed("the answer is not JSON") from None
    if not isinstance(value, dict):
        raise AdditionFailed("the answer is not a JSON object")
    return value
