"""A farm for programs in Python."""

import os
from collections.abc import Mapping
from functools import partial
from types import TracebackType

from whisperfarm_client import settings
from whisperfarm_client.api import FarmApi
from whisperfarm_client.retried_requests import RetriedRequests
from whisperfarm_client.retry import Notify, Retrier
from whisperfarm_client.tls import TlsFiles
from whisperfarm_client.transport import HttpConnection

DEFAULT_TIMEOUT_S = 30.0


class Farm(FarmApi):
    """A farm by its URL and key, on one connection.

    Use it in a `with` block, or close it. One thread may use it at a time: create one for each
    thread, which costs nothing until the first call.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        api_key_file: str | None = None,
        ca_file: str | None = None,
        client_cert: str | None = None,
        client_key: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        notify: Notify = lambda _: None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Read what is not given from the variables of `whisper-remote`, such as `WHISPERFARM_URL`.

        Each call ends with an error when the farm could not be reached for `timeout_s` seconds.
        Calls that neither send a recording nor wait for a job end after that time in any case.
        `notify` is called with the reason when the requests of a call have failed for 5 seconds.
        Raises `InvalidSettings`.
        """
        tls = TlsFiles(ca_file, client_cert, client_key)
        chosen = settings.connection(environ, url=url, key=api_key, key_file=api_key_file, tls=tls)
        self._connection = HttpConnection(chosen.address, key=chosen.key, tls=chosen.tls)
        new_retrier = partial(Retrier.within, connect_timeout_s=timeout_s, notify=notify)
        super().__init__(RetriedRequests(self._connection), new_retrier, timeout_s=timeout_s)

    def __enter__(self) -> "Farm":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. The next call opens it again."""
        self._connection.close()
