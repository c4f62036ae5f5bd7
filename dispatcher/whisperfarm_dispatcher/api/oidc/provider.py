"""The provider: its addresses and its keys."""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from whisperfarm_contract.problems import Problem
from whisperfarm_dispatcher.api.oidc.endpoints import Endpoints, read_endpoints
from whisperfarm_dispatcher.api.oidc.requests import fetch, unavailable
from whisperfarm_dispatcher.api.tokens.key_set import KeySet
from whisperfarm_dispatcher.api.tokens.key_url import MAX_AGE_S, MIN_INTERVAL_S, fetch_key_set
from whisperfarm_dispatcher.egress import ALL_NETWORKS, HttpClient, Networks
from whisperfarm_store import events


class Provider:
    """The provider. Its document is read again after five minutes. Thread-safe; calls may block."""

    def __init__(
        self, issuer: str, allowed: Networks, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.issuer = issuer
        self._allowed = allowed
        self._clock = clock
        self._lock = threading.Lock()
        self._endpoints: Endpoints | None = None
        self._try_at = float("-inf")

    def endpoints(self) -> Endpoints:
        """Return the addresses; the last known ones while the document cannot be read.

        Raises `FarmUnavailable` if it was never read.
        """
        with self._lock:
            if self._clock() >= self._try_at:
                self._try_at = self._clock() + (MAX_AGE_S if self._read() else MIN_INTERVAL_S)
            if self._endpoints is None:
                raise unavailable()
            return self._endpoints

    def keys(self) -> KeySet:
        """Return the keys that verify ID tokens. Raises a `Problem` or `ValueError`."""
        url = self.endpoints().jwks_uri
        return fetch_key_set(self.client(url), url)

    def client(self, url: str) -> HttpClient:
        """Return a client for an address: the issuer's own host may be a private one."""
        is_issuers = urlsplit(url)[:2] == urlsplit(self.issuer)[:2]
        return HttpClient(ALL_NETWORKS if is_issuers else self._allowed)

    def _read(self) -> bool:
        url = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        try:
            document = fetch(self.client(url), "GET", url)
            self._endpoints = read_endpoints(document, issuer=self.issuer)
        except (Problem, ValueError) as error:
            events.access.provider_unavailable.log(error=str(error))
            return False
        return True
