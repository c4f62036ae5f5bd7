"""The keys of the ledger as one dispatcher knows them.

A key that was read is used for `MAX_AGE_S` seconds: a revocation takes effect in all dispatchers
within that time. While the ledger is unavailable, older keys are not accepted.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from whisperfarm_contract.problems import ApiKeyNotFound, Problem
from whisperfarm_dispatcher.submission.daily_quota import DailyQuota
from whisperfarm_dispatcher.submission.threads import run_in_thread
from whisperfarm_store.ledger import ApiKey, ApiKeys, KeyText, parse_key_text

MAX_AGE_S = 2.0
"""How long a key is used before it is read again, in seconds."""

MAX_ENTRIES = 10_000
"""Most keys, known or not, in memory; above that, all are read again."""

USE_INTERVAL_S = 60.0
"""How often the use of a key is recorded, in seconds."""


def quota_of(key: ApiKey) -> DailyQuota:
    """Return the quota of a key."""
    return DailyQuota(jobs=key.max_jobs_per_day or 0, audio_s=key.max_audio_s_per_day or 0.0)


class LedgerKeys:
    """Keys of the ledger. To be used in one event loop."""

    def __init__(self, api_keys: ApiKeys, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._api_keys = api_keys
        self._clock = clock
        self._entries: dict[str, tuple[float, ApiKey | None]] = {}
        self._used_at: dict[str, float] = {}

    async def find(self, api_key: str) -> ApiKey | None:
        """Return the key, whatever its state, or `None` if it is unknown or its secret is wrong.

        Raises `FarmUnavailable` if the ledger is unavailable.
        """
        text = parse_key_text(api_key)
        if text is None:
            return None
        key = await self._read(text)
        return key if key is not None and text.has_digest(key.digest) else None

    async def record_use(self, key: ApiKey) -> None:
        """Record that the key was used, unless this was done within the last minute."""
        now = self._clock()
        if now - self._used_at.get(key.id, float("-inf")) < USE_INTERVAL_S:
            return
        self._used_at[key.id] = now
        with suppress(Problem):  # a ledger that cannot be written to can still be read
            await run_in_thread(self._api_keys.record_use, key.id)

    async def _read(self, text: KeyText) -> ApiKey | None:
        read_at, key = self._entries.get(text.id, (float("-inf"), None))
        now = self._clock()
        if now - read_at < MAX_AGE_S:
            return key
        key = await run_in_thread(self._get, text.id)
        if len(self._entries) >= MAX_ENTRIES:
            self._entries.clear()
        self._entries[text.id] = (now, key)
        return key

    def _get(self, key_id: str) -> ApiKey | None:
        with suppress(ApiKeyNotFound):
            return self._api_keys.get(key_id)
        return None
