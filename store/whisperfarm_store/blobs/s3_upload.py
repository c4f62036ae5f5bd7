"""One blob on its way into a bucket, with no more of it in memory than a part or two."""

from typing import Any

from whisperfarm_contract.problems import StorageFull
from whisperfarm_store import events

PART_BYTES = 8 << 20
LARGE_PART_BYTES = 64 << 20
_SMALL_PARTS = 8_000
_MOST_PARTS = 10_000
"""S3 takes no more. All parts but the last are of one size, as some servers want it, up to 62 GiB;
from there on they are larger, up to 187 GiB."""


def part_bytes(number: int) -> int:
    """How large the part of that number is, counted from 1. Raises `StorageFull` past the last."""
    if number > _MOST_PARTS:
        raise StorageFull(f"the blob has more than the {_MOST_PARTS} parts that S3 takes")
    return PART_BYTES if number <= _SMALL_PARTS else LARGE_PART_BYTES


class Upload:
    """Takes bytes. Nothing is to be seen of them before `complete`, and nothing after `abort`.

    What fits in one part is sent at once, at the end; only more than that is a multipart upload.
    """

    def __init__(self, client: Any, **at: str) -> None:
        self._client = client
        self._at = at
        self._id: str | None = None
        self._waiting = bytearray()
        self._parts: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        """Add `data`, and send what fills a part."""
        self._waiting += data
        while len(self._waiting) > part_bytes(len(self._parts) + 1):
            self._send(part_bytes(len(self._parts) + 1))

    def complete(self) -> None:
        """Make the blob visible."""
        if self._id is None:
            self._client.put_object(**self._at, Body=bytes(self._waiting))
            return
        self._send(len(self._waiting))
        self._client.complete_multipart_upload(
            **self._at, UploadId=self._id, MultipartUpload={"Parts": self._parts}
        )

    def abort(self) -> None:
        """Leave nothing behind. Never raises: what can not be removed now is swept later."""
        self._waiting.clear()
        if self._id is None:
            return
        try:
            self._client.abort_multipart_upload(**self._at, UploadId=self._id)
        except Exception as error:
            events.blobs.upload_abort_failed.log(key=self._at["Key"], error=str(error))

    def _send(self, size: int) -> None:
        if self._id is None:
            self._id = self._client.create_multipart_upload(**self._at)["UploadId"]
        number = len(self._parts) + 1
        sent = self._client.upload_part(
            **self._at, UploadId=self._id, PartNumber=number, Body=bytes(self._waiting[:size])
        )
        del self._waiting[:size]
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
