"""Connections end with the last answers of a process."""

import asyncio
import http.client
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from fastapi import FastAPI

from tests.support.waiting import until
from whisperfarm_dispatcher.api.middleware.close_connections import Farewell


@pytest.fixture
def closing() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def caller(closing: asyncio.Event) -> Iterator[http.client.HTTPConnection]:
    """A connection to a server of one route that is kept alive."""
    app = FastAPI()
    app.add_api_route("/", lambda: "here")
    app.add_middleware(Farewell, closing=closing)
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


def test_a_connection_is_kept_until_the_process_is_about_to_end(
    caller: http.client.HTTPConnection, closing: asyncio.Event
) -> None:
    caller.request("GET", "/")
    first = caller.getresponse()
    assert (first.read(), first.will_close) == (b'"here"', False)
    assert caller.sock is not None
    at_end = caller.sock.dup()
    closing.set()
    caller.request("GET", "/")
    last = caller.getresponse()
    assert (last.read(), last.will_close) == (b'"here"', True)
    with at_end:
        assert at_end.recv(1) == b""
