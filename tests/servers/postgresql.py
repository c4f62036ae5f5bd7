"""A private PostgreSQL."""

import os
import secrets
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import psycopg

from tests.servers.ports import free_ports
from tests.servers.process import ServerFailed, ServerProcess, as_user, clean_environment
from tests.servers.programs import program
from tests.servers.server import Server, running, server_folder

REMEDY = "apt-get install postgresql"
_DEBIAN = Path("/usr/lib/postgresql")

# The kernel keeps the writes of a killed process, so the server need not wait for the disk.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",  # in the data folder: deleted with it
    "fsync": "off",
}


@dataclass(frozen=True, kw_only=True)
class PostgresqlServer(Server):
    """A PostgreSQL. `url` is the SQLAlchemy URL of an empty database."""

    url: str
    password: str = field(repr=False)
    initdb: Path = field(repr=False)
    user: str | None = field(repr=False)

    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # fast: disconnects clients
    end_signal: ClassVar[signal.Signals] = signal.SIGQUIT  # immediate, frees shared memory

    def new_database(self, *, like: str = "") -> str:
        """Create another database: empty, or a copy of that with the URL `like`, which has no
        connection. Returns its URL."""
        name = f"test_{secrets.token_hex(6)}"
        template = f" TEMPLATE {like.rpartition('/')[2]}" if like else ""
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name}{template}")
        return f"{self.url.rpartition('/')[0]}/{name}"

    def prepare(self) -> None:
        """Initialize an empty cluster if there is none."""
        if self.data.exists():
            return
        given = self.folder / "password"
        given.write_text(self.password)
        options = "--auth=scram-sha-256 --encoding=UTF8 --no-locale --no-sync --username=farm"
        made = subprocess.run(
            [self.initdb, f"--pgdata={self.data}", f"--pwfile={given}", *options.split()],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env=clean_environment(self.folder),
            **as_user(self.user),
        )
        if made.returncode != 0:
            raise ServerFailed(f"{self.initdb} failed: {made.stdout}{made.stderr}")

    def ask(self) -> None:
        """Log in."""
        self._connect().close()

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)


@contextmanager
def started(*, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[PostgresqlServer]:
    """Run a PostgreSQL; `settings` are those of postgresql.conf.

    As root, it runs as another user, because PostgreSQL refuses to run as root. Raises
    `ServerMissing`.
    """
    initdb, postgres = _program("initdb"), _program("postgres")
    user = "postgres" if os.geteuid() == 0 else None
    with server_folder("postgresql", user=user) as folder:
        [port] = free_ports(1)
        password = secrets.token_hex(8)
        options = [f"--{name}={value}" for name, value in {**_SETTINGS, **settings}.items()]
        server = PostgresqlServer(
            folder=folder,
            process=ServerProcess(
                [postgres, "-D", folder / "data", "-p", str(port), *options],
                folder=folder,
                user=user,
                orphaned=PostgresqlServer.end_signal,
            ),
            url=f"postgresql+psycopg://farm:{password}@127.0.0.1:{port}/postgres",
            password=password,
            initdb=initdb,
            user=user,
        )
        with running(server):
            yield server


def _program(name: str) -> Path:
    """Find a program of the newest version; Debian keeps each version's programs off the PATH."""
    newest_first = sorted(_DEBIAN.glob("*/bin"), key=lambda found: -float(found.parent.name))
    return program(name, remedy=REMEDY, first=newest_first)
