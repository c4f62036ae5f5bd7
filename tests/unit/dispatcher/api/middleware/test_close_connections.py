"""The last responses of a process close their connections."""

import asyncio
import http.client
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from tests.support.waiting import until
from whisperfarm_dispatcher.api.middleware.close_connections import CloseConnectionsMiddleware


@pytest.fixture
def shutting_down() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def caller(shutting_down: asyncio.Event) -> Iterator[http.client.HTTPConnection]:
    """A keep-alive connection to a server with one route."""
    app = FastAPI()
    app.add_api_route("/", lambda: "here")
    app.add_middleware(CloseConnectionsMiddleware, shutting_down=shutting_down)
    server = uvicorn.Server(uvicorn.Config(app, port=0, http="h11", log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the server")
    port = server.servers[0].sockets[0].getsockname()[1]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
        server.should_exit = True
        thread.join()


def test_connections_are_closed_only_during_shutdown(
    caller: http.client.HTTPConnection, shutting_down: asyncio.Event
) -> None:
    caller.request("GET", "/")
    first = caller.getresponse()
    assert (first.read(), first.will_close) == (b'"here"', False)
    assert caller.sock is not None
    at_end = caller.sock.dup()
    shutting_down.set()
    caller.request("GET", "/")
    last = caller.getresponse()
    assert (last.read(), last.will_close) == (b'"here"', True)
    with at_end:
        assert at_end.recv(1) == b""
