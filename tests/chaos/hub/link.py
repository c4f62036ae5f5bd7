"""The link between an edge and its hub, which is down at times."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.tcp_proxy import TcpProxy, proxy_of


class UnreliableLink(threading.Thread):
    """Cuts the connections of a proxy at random times until it is closed."""

    def __init__(self, proxy: TcpProxy, *, seed: int) -> None:
        super().__init__(daemon=True)
        self.port = proxy.port
        self.cuts = 0
        self._proxy = proxy
        self._random = random.Random(seed)
        self._closing = threading.Event()

    def run(self) -> None:
        while not self._closing.wait(self._random.uniform(0.2, 2.0)):
            self._proxy.refuse()
            self.cuts += 1
            self._closing.wait(self._random.uniform(0.05, 0.5))
            self._proxy.accept()

    def close(self) -> None:
        """Leave the link up."""
        self._closing.set()
        self.join()


@contextmanager
def unreliable_link(target_port: int, *, seed: int) -> Iterator[UnreliableLink]:
    """Run a link that is cut and restored until the block ends."""
    with proxy_of(target_port) as proxy:
        link = UnreliableLink(proxy, seed=seed)
        link.start()
        try:
            yield link
        finally:
            link.close()
