"""Uploads a blob to a bucket with at most about two parts of it in memory."""

from typing import Any

from whisperfarm_contract.problems import StorageFull
from whisperfarm_store import events

PART_BYTES = 8 << 20
LARGE_PART_BYTES = 64 << 20
_SMALL_PARTS = 8_000
_MAX_PARTS = 10_000
"""The limit of S3. Parts have one size, as some servers require, up to a blob of 62 GiB; later
parts are larger, for blobs up to 187 GiB."""


def part_bytes(number: int) -> int:
    """Return the size of a part, counted from 1. Raises `StorageFull` after the last."""
    if number > _MAX_PARTS:
        raise StorageFull(f"the blob has more than the {_MAX_PARTS} parts that S3 allows")
    return PART_BYTES if number <= _SMALL_PARTS else LARGE_PART_BYTES


class Upload:
    """Upload of one blob, which becomes visible with `complete` and never after `abort`.

    A blob that fits in one part is a single PUT; a larger one is a multipart upload.
    """

    def __init__(self, client: Any, **location: str) -> None:
        self._client = client
        self._location = location
        self._id: str | None = None
        self._buffer = bytearray()
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """Append `data`, and send the parts that are full."""
        self._buffer += data
        while len(self._buffer) > part_bytes(len(self._parts) + 1):
            self._send(part_bytes(len(self._parts) + 1))

    def complete(self) -> None:
        """Make the blob visible."""
        if self._id is None:
            self._client.put_object(**self._location, Body=bytes(self._buffer))
            return
        self._send(len(self._buffer))
        self._client.complete_multipart_upload(
            **self._location, UploadId=self._id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Discard the upload. Never raises: if the server fails now, a later cleanup removes it."""
        self._buffer.clear()
        if self._id is None:
            return
        try:
            self._client.abort_multipart_upload(**self._location, UploadId=self._id)
        except Exception as error:
            events.blobs.upload_abort_failed.log(key=self._location["Key"], error=str(error))

    def _send(self, size: int) -> None:
        if self._id is None:
            self._id = self._client.create_multipart_upload(**self._location)["UploadId"]
        number = len(self._parts) + 1
        uploaded = self._client.upload_part(
            **self._location, UploadId=self._id, PartNumber=number, Body=bytes(self._buffer[:size])
        )
        del self._buffer[:size]
        self._parts.append({"PartNumber": number, "ETag": uploaded["ETag"]})
