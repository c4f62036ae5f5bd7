"""A private Redis."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from tests.servers.ports import free_ports
from tests.servers.process import ServerProcess
from tests.servers.programs import program
from tests.servers.server import Server, running, server_folder

REMEDY = "apt-get install redis-server"

# Redis appends to its file before it answers a command, so a kill loses nothing.
_CONFIGURATION = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {data}
appendonly yes
save ""
"""


@dataclass(frozen=True, kw_only=True)
class RedisServer(Server):
    """A Redis. `url` names its database 0."""

    url: str

    def ask(self) -> None:
        """Send PING."""
        with redis.Redis.from_url(self.url) as client:
            client.ping()


@contextmanager
def started() -> Iterator[RedisServer]:
    """Run a Redis. Raises `ServerMissing`."""
    redis_server = program("redis-server", remedy=REMEDY)
    with server_folder("redis") as folder:
        [port] = free_ports(1)
        password = secrets.token_hex(8)
        written = folder / "redis.conf"
        written.write_text(
            _CONFIGURATION.format(port=port, password=password, data=folder / "data")
        )
        server = RedisServer(
            folder=folder,
            process=ServerProcess([redis_server, written], folder=folder),
            url=f"redis://:{password}@127.0.0.1:{port}/0",
        )
        with running(server):
            yield server
