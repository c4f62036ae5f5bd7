"""The request for the job of a transfer: a JSON object."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whisperfarm_contract.field_types import JsonObject
from whisperfarm_contract.problems import ClientError, InvalidOption

MAX_BODY_BYTES = 256 << 10

_BODY = JsonObject(max_bytes=MAX_BODY_BYTES, max_depth=6)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest:
    """A job to make: its recording by size and hash, its file name, and the fields of the job."""

    size_bytes: int
    sha256: str
    filename: str
    fields: Mapping[str, Any]


def read_request(text: str) -> TransferRequest:
    """Parse the body. Raises `ClientError`."""
    try:
        raw = dict(_BODY.read(text))
    except ValueError as error:
        raise ClientError(f"the body is not valid: {error}") from None
    size_bytes, digest = raw.get("size_bytes"), raw.get("sha256")
    filename, fields = raw.get("filename", ""), raw.get("fields", {})
    if type(size_bytes) is not int or size_bytes < 1:
        raise ClientError("size_bytes: send the size of the recording in bytes, 1 or more")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise ClientError("sha256: send the SHA-256 of the recording as 64 hexadecimal digits")
    if not isinstance(filename, str) or not isinstance(fields, dict):
        raise ClientError("filename must be a text, and fields an object")
    return TransferRequest(size_bytes=size_bytes, sha256=digest, filename=filename, fields=fields)


def check_id(transfer_id: str) -> str:
    """Return the id of a transfer. Raises `InvalidOption`."""
    if not _ID.fullmatch(transfer_id):
        raise InvalidOption("the id of a transfer is 1 to 64 letters, digits, `_` and `-`")
    return transfer_id
