"""A private RabbitMQ node on a machine where others may run.

It shares nothing with other nodes: ports, port mapper (epmd), node name, cookie, home, plugins and
settings are its own.
"""

import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import amqp

from tests.servers.ports import free_ports
from tests.servers.process import ServerFailed, ServerProcess
from tests.servers.programs import program
from tests.servers.server import Server, running, server_folder

REMEDY = "apt-get install rabbitmq-server"
_DEBIAN = Path("/usr/lib/rabbitmq/bin")  # the one in /usr/sbin switches to RabbitMQ's own user
_KEPT_S = 30


@dataclass(frozen=True, kw_only=True)
class RabbitmqServer(Server):
    """A RabbitMQ node with one virtual host, `/`."""

    url: str
    port: int
    password: str

    def ask(self) -> None:
        """Log in."""
        with amqp.Connection(f"127.0.0.1:{self.port}", "farm", self.password, connect_timeout=5):
            pass

    def wait_until_kept(self, queue: str) -> None:
        """Wait until a new quorum queue would survive a kill of the node.

        RabbitMQ writes its name up to three seconds after the declaration. A node killed before
        that (3.10) starts it empty and without a leader, and its users wait forever.
        """
        [names] = self.data.glob("*/quorum/*/names.dets")
        deadline = time.monotonic() + _KEPT_S
        while f"_{queue}".encode() not in names.read_bytes():
            if time.monotonic() > deadline:
                raise ServerFailed(self.process.complaint(f"it does not keep the queue {queue}"))
            time.sleep(0.05)


@contextmanager
def started(*, settings: Mapping[str, str] = MappingProxyType({})) -> Iterator[RabbitmqServer]:
    """Run a RabbitMQ; `settings` are those of the application `rabbit`, with values in Erlang.

    For example `{"consumer_timeout": "2000", "channel_tick_interval": "500"}`. Raises
    `ServerMissing`.
    """
    rabbitmq_server = program("rabbitmq-server", remedy=REMEDY, first=[_DEBIAN])
    with server_folder("rabbitmq") as folder:
        port, distribution_port, mapper_port = free_ports(3)
        password = secrets.token_hex(8)
        _write_settings(folder, port, password, settings)
        environment = _environment(folder, distribution_port, mapper_port)
        server = RabbitmqServer(
            folder=folder,
            process=ServerProcess([rabbitmq_server], folder=folder, environment=environment),
            url=f"amqp://farm:{password}@127.0.0.1:{port}//",
            port=port,
            password=password,
        )
        with _port_mapper(folder, environment), running(server):
            yield server


def _write_settings(folder: Path, port: int, password: str, settings: Mapping[str, str]) -> None:
    """Write settings as Erlang terms: a node takes seconds to read the newer format."""
    terms = {
        "tcp_listeners": f'[{{"127.0.0.1", {port}}}]',
        "default_user": '<<"farm">>',
        "default_pass": f'<<"{password}">>',
        **settings,
    }
    pairs = ", ".join(f"{{{name}, {value}}}" for name, value in terms.items())
    (folder / "rabbitmq.config").write_text(f"[{{rabbit, [{pairs}]}}].\n")
    (folder / "plugins").write_text("[].\n")
    (folder / "environment").touch()
    cookie = folder / ".erlang.cookie"
    cookie.write_text(secrets.token_hex(10))
    cookie.chmod(0o400)


def _environment(folder: Path, distribution_port: int, mapper_port: int) -> dict[str, str]:
    return {
        "RABBITMQ_NODENAME": f"farm-{distribution_port}@localhost",
        "RABBITMQ_DIST_PORT": str(distribution_port),
        "ERL_EPMD_PORT": str(mapper_port),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.config"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "environment"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_SCHEDULER_BIND_TYPE": "u",  # otherwise all nodes are bound to the same cores
        "RUNNING_UNDER_SYSTEMD": "true",  # the script execs the node, so the node gets the signals
        "ERL_CRASH_DUMP_SECONDS": "0",
    }


@contextmanager
def _port_mapper(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Start Erlang's epmd; one that a node starts would outlive it."""
    epmd = program("epmd", remedy=REMEDY)
    process = ServerProcess([epmd], folder=folder, environment=environment)
    process.start()
    try:
        yield
    finally:
        process.kill()
