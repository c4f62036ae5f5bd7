"""A private S3 server that is a full object store: Ceph's gateway, with Ceph in memory."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

from botocore.exceptions import ClientError

from tests.servers.ports import free_ports
from tests.servers.process import ServerProcess
from tests.servers.programs import program
from tests.servers.s3 import S3Server
from tests.servers.server import running, server_folder

PROGRAMS = ("ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin")
REMEDY = "sudo apt-get install --no-install-recommends radosgw ceph-mon ceph-osd"


@dataclass(frozen=True, kw_only=True)
class RadosgwServer(S3Server):
    """A gateway whose data is in memory and lost when it ends."""

    end_signal: ClassVar[Signals] = SIGTERM  # its launcher ends the other daemons

    def prepare(self) -> None:
        """Create an empty Ceph; runs at every start."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()

    def ask(self) -> None:
        """Create the bucket unless it exists."""
        client = self.client()
        try:
            client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
            client.create_bucket(Bucket=self.bucket)
        finally:
            client.close()


@contextmanager
def started() -> Iterator[RadosgwServer]:
    """Run a gateway; it starts in about ten seconds. Raises `ServerMissing`."""
    for name in PROGRAMS:
        program(name, remedy=REMEDY)
    with server_folder("radosgw") as folder:
        gateway_port, monitor_port = free_ports(2)
        access_key, secret_key = secrets.token_hex(8), secrets.token_hex(16)
        launcher = Path(__file__).with_name("radosgw.sh")
        server = RadosgwServer(
            folder=folder,
            process=ServerProcess(
                ["sh", launcher, folder / "data", str(gateway_port), str(monitor_port)],
                folder=folder,
                environment={"ACCESS_KEY": access_key, "SECRET_KEY": secret_key},
                orphaned=RadosgwServer.end_signal,
            ),
            endpoint=f"http://127.0.0.1:{gateway_port}",
            access_key=access_key,
            secret_key=secret_key,
        )
        with running(server):
            yield server
