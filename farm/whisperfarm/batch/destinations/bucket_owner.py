"""The object that says whose transcripts are below a prefix: the manifest is elsewhere."""

import json
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from whisperfarm_store.blobs.s3_errors import NOT_FOUND, code_of

NAME = ".whisperfarm-batch.json"


@dataclass(frozen=True, slots=True)
class BucketOwner:
    """The object below a prefix, which is empty or ends with `/`."""

    client: Any
    bucket: str
    prefix: str

    def read(self) -> str | None:
        """Return the name of the source, or `None` if there is no such object."""
        try:
            found = self.client.get_object(Bucket=self.bucket, Key=self._key)
            return str(json.loads(found["Body"].read())["source"])
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise
        except (ValueError, KeyError, TypeError):
            return "an unknown source"

    def write(self, source: str) -> None:
        body = json.dumps({"source": source}).encode()
        self.client.put_object(Bucket=self.bucket, Key=self._key, Body=body)

    @property
    def _key(self) -> str:
        return f"{self.prefix}{NAME}"
