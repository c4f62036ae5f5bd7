"""Uploads that nobody will finish: their parts take room, and nobody sees them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from whisperfarm_store import events

ABANDONED_S = 24 * 3600.0
"""An upload that was begun so long ago will not be finished."""


class Sweep:
    """Ends the uploads below a prefix that were begun by processes that were killed.

    Best effort: not every server lists uploads, and a rule of the bucket may do the same.
    """

    def __init__(
        self,
        client: Any,
        *,
        bucket: str,
        prefix: str,
        every_s: float = ABANDONED_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._every_s = every_s
        self._clock = clock
        self._swept_at: float | None = None

    def now_and_then(self) -> None:
        """Sweep, unless it was done not long ago. Never raises."""
        now = self._clock()
        if self._swept_at is not None and now - self._swept_at < self._every_s:
            return
        self._swept_at = now
        try:
            self._sweep(datetime.fromtimestamp(now - ABANDONED_S, UTC))
        except (BotoCoreError, ClientError) as error:
            events.blobs.cleanup_failed.log(error=str(error))

    def _sweep(self, before: datetime) -> None:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        for page in pages:
            for upload in page.get("Uploads", ()):
                if upload["Initiated"] < before:
                    self._end(upload)

    def _end(self, upload: dict[str, Any]) -> None:
        self._client.abort_multipart_upload(
            Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
        )
        events.blobs.upload_aborted.log(key=upload["Key"])
