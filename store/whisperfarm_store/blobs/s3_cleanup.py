"""Aborts abandoned multipart uploads, whose invisible parts use storage."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from whisperfarm_store import events

ABANDONED_S = 24 * 3600.0
"""An upload that is older than this belongs to a process that was killed."""


class AbandonedUploads:
    """Cleanup of the abandoned uploads below a prefix.

    Best effort: some servers cannot list uploads. A lifecycle rule of the bucket does the same.
    """

    def __init__(
        self,
        client: Any,
        *,
        bucket: str,
        prefix: str,
        interval_s: float = ABANDONED_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._interval_s = interval_s
        self._clock = clock
        self._cleaned_at: float | None = None

    def cleanup_if_due(self) -> None:
        """Clean up, at most once in `interval_s` seconds. Errors of the server are only logged."""
        now = self._clock()
        if self._cleaned_at is not None and now - self._cleaned_at < self._interval_s:
            return
        self._cleaned_at = now
        try:
            self._cleanup(datetime.fromtimestamp(now - ABANDONED_S, UTC))
        except (BotoCoreError, ClientError) as error:
            events.blobs.cleanup_failed.log(error=str(error))

    def _cleanup(self, before: datetime) -> None:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=self._prefix
        )
        for page in pages:
            for upload in page.get("Uploads", ()):
                if upload["Initiated"] < before:
                    self._abort(upload)

    def _abort(self, upload: dict[str, Any]) -> None:
        self._client.abort_multipart_upload(
            Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
        )
        events.blobs.upload_aborted.log(key=upload["Key"])
