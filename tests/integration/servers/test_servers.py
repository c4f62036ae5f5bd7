"""What holds for every private server of the tests."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import pytest

from tests.servers.fixtures import offered
from tests.servers.process import ServerFailed, ServerProcess, lives
from tests.servers.programs import ServerMissing, program
from tests.servers.server import Server, running, server_folder
from tests.support.waiting import until

pytestmark = pytest.mark.slow

WITHIN_S = 10
QUICK = ["postgresql_server", "redis_server", "s3_server"]
ALL = [*QUICK, "rabbitmq_server"]  # which takes seconds to start


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return one of the servers, running; start it again for the next test."""
    shared: Server = request.getfixturevalue(request.param)
    yield shared
    shared.start()


class DeafServer(Server):
    """A server that never answers."""

    def ask(self) -> None:
        raise ConnectionRefusedError


def _family(server: Server) -> list[psutil.Process]:
    own = psutil.Process(server.process.pid)
    return [own, *own.children(recursive=True)]


@pytest.mark.parametrize("server", ALL, indirect=True)
def test_server_listens_only_on_loopback(server: Server) -> None:
    listening = {address for process in _family(server) for address in _listening(process)}
    assert listening == {"127.0.0.1"}


def _listening(process: psutil.Process) -> list[str]:
    try:
        connections = process.net_connections("inet")
    except psutil.NoSuchProcess:  # a child process serves each query
        return []
    return [one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN]


@pytest.mark.parametrize("server", ALL, indirect=True)
def test_pause_stops_the_server_and_its_children(server: Server) -> None:
    server.pause()
    assert {process.status() for process in _family(server)} == {psutil.STATUS_STOPPED}
    server.resume()
    server.ask()


@pytest.mark.parametrize("server", ALL, indirect=True)
def test_start_of_a_running_server_changes_nothing(server: Server) -> None:
    before = server.process.pid
    server.start()
    assert server.process.pid == before


@pytest.mark.parametrize("server", QUICK, indirect=True)
def test_kill_leaves_no_process(server: Server) -> None:
    family = _family(server)
    server.kill()
    assert not any(map(lives, family))


@pytest.mark.parametrize("server", QUICK, indirect=True)
def test_stopped_server_responds_after_a_start(server: Server) -> None:
    server.stop()
    assert not server.process.alive
    server.start()
    server.ask()


START = """
import signal, sys
from contextlib import ExitStack
from importlib import import_module

with ExitStack() as stack:
    for name in sys.argv[1:]:
        stack.enter_context(import_module(f"tests.servers.{name}").started())
    print("up", flush=True)
    signal.pause()
"""


def test_servers_end_with_killed_tests(postgresql_server: Server, redis_server: Server) -> None:
    if shutil.which("setpriv") is None:
        pytest.skip("setpriv is not installed: Linux alone has it, in util-linux")
    command = [sys.executable, "-c", START, "postgresql", "redis"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as tests:
        try:
            assert tests.stdout is not None
            assert tests.stdout.readline() == "up\n"
            family = psutil.Process(tests.pid).children(recursive=True)
            assert {"postgres", "redis-server"} <= {process.name() for process in family}
        finally:
            tests.kill()
    try:
        _await_end(family)
    finally:
        _kill(family)


def _await_end(family: list[psutil.Process]) -> None:
    until(lambda: not any(map(lives, family)), "the end of the family", within_s=WITHIN_S)


def _kill(family: list[psutil.Process]) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def test_early_exit_shows_the_end_of_the_log() -> None:
    with server_folder("broken") as folder:
        process = ServerProcess(["/bin/sh", "-c", "echo no room left; exit 3"], folder=folder)
        with (
            pytest.raises(ServerFailed, match=r"ended with 3(.|\n)*no room left"),
            running(DeafServer(folder=folder, process=process)),
        ):
            pass


def test_server_does_not_inherit_foreign_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RABBITMQ_NODENAME", "theirs")
    with server_folder("printing") as folder:
        process = ServerProcess(["/usr/bin/env"], folder=folder)
        with pytest.raises(ServerFailed), running(DeafServer(folder=folder, process=process)):
            pass
        assert "HOME" in process.log.read_text()
        assert "theirs" not in process.log.read_text()


def test_missing_program_names_its_package() -> None:
    with pytest.raises(ServerMissing, match="no-such-server is not installed: apt-get install it"):
        program("no-such-server", remedy="apt-get install it")


@contextmanager
def _missing() -> Iterator[None]:
    raise ServerMissing("redis-server is not installed")
    yield


def test_missing_server_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_REQUIRE_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        next(offered(_missing))


def test_missing_required_server_fails_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_REQUIRE_SERVERS", "1")
    with pytest.raises(pytest.fail.Exception, match="not installed"):
        next(offered(_missing))
