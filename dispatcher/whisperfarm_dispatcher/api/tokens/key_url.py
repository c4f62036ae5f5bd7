"""The keys of a JWKS at an address, such as `https://login.example.org/keys`.

They are fetched again every `MAX_AGE_S` seconds, and at once when a token names an unknown key: an
issuer may begin to sign with a new key at any time. Tokens with invented ids cause at most one
fetch in `MIN_INTERVAL_S` seconds. While the address does not answer, the last keys stay in use.
"""

import asyncio
import time
from collections.abc import Callable

from jwt import PyJWK

from whisperfarm_contract.problems import FarmUnavailable, Problem
from whisperfarm_dispatcher.api.tokens.key_set import (
    MAX_JWKS_BYTES,
    PUBLIC_ALGORITHMS,
    KeySet,
    read_key_set,
)
from whisperfarm_dispatcher.egress import HttpClient
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store import events

MAX_AGE_S = 300.0
"""Age at which the keys are fetched again, in seconds."""

MIN_INTERVAL_S = 10.0
"""Shortest time between two fetches, in seconds."""

TIMEOUT_S = 5.0
"""Timeout of a fetch, in seconds."""

_OK = 200


class KeyUrl:
    """A JWKS at an address. To be used in one event loop."""

    algorithms = PUBLIC_ALGORITHMS

    def __init__(
        self, fetch: Callable[[], KeySet], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`fetch` returns the keys. It may block, and raises a `Problem` or `ValueError`."""
        self._fetch = fetch
        self._clock = clock
        self._keys: KeySet | None = None
        self._fetched_at = self._tried_at = float("-inf")
        self._fetching: asyncio.Task[None] | None = None
        self._is_failing = False

    async def find(self, key_id: str | None) -> PyJWK | None:
        """Return the key. The caller waits for a fetch only if the key is unknown."""
        fetching = self._begin_fetch() if self._is_old() else None
        key = self._known(key_id)
        if key is None:
            fetching = fetching or self._begin_fetch()
            if fetching is not None:
                await asyncio.shield(fetching)
                key = self._known(key_id)
        if self._keys is None:
            raise FarmUnavailable(
                "the farm cannot read the keys that verify tokens; try again later",
                retry_after_s=round(MIN_INTERVAL_S),
            )
        return key

    def _known(self, key_id: str | None) -> PyJWK | None:
        return None if self._keys is None else self._keys.find(key_id)

    def _is_old(self) -> bool:
        return self._clock() - self._fetched_at > MAX_AGE_S

    def _begin_fetch(self) -> asyncio.Task[None] | None:
        """Return the fetch in progress, or a new one unless the last one was a moment ago."""
        if self._fetching is not None and not self._fetching.done():
            return self._fetching
        if self._clock() - self._tried_at < MIN_INTERVAL_S:
            return None
        self._tried_at = self._clock()
        self._fetching = asyncio.create_task(self._fetch_keys())
        return self._fetching

    async def _fetch_keys(self) -> None:
        try:
            keys = await run_in_thread(self._fetch)
        except (Problem, ValueError) as error:
            if not self._is_failing:
                events.access.token_keys_unavailable.log(error=str(error))
            self._is_failing = True
            return
        if self._keys is None or self._is_failing:
            events.access.token_keys_loaded.log(keys=len(keys))
        self._keys, self._fetched_at, self._is_failing = keys, self._clock(), False


def fetch_key_set(client: HttpClient, url: str) -> KeySet:
    """Return the keys at the address, without redirects.

    Raises `ForbiddenAddress`, `AddressUnreachable` or `ValueError`.
    """
    with client.request(
        "GET",
        url,
        headers={"Accept": "application/jwk-set+json, application/json"},
        stall_timeout_s=TIMEOUT_S,
        timeout_s=TIMEOUT_S,
    ) as response:
        if response.status != _OK:
            raise ValueError(f"the address of the JWKS answered {response.status} instead of 200")
        return read_key_set(response.read(MAX_JWKS_BYTES))
