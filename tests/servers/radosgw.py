"""A private S3 server that is a whole object store: Ceph's gateway, on a Ceph in memory."""

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
    """What it keeps is in memory and gone when it ends."""

    end_signal: ClassVar[Signals] = SIGTERM  # its launcher takes the others along

    def prepare(self) -> None:
        """An empty Ceph is made at every start."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()

    def ask(self) -> None:
        """Is the bucket there? It is made when it is not."""
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
    """A gateway that answers, after some ten seconds. Raises `ServerMissing`."""
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
