"""HTTP servers in the test's process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import HTTPServer

_POLL_S = 0.02
"""How soon a server notices that it must stop."""


@contextmanager
def serve_in_thread(server: HTTPServer) -> Iterator[str]:
    """Serve in a thread until the block ends. Yields the server's URL."""
    with server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
