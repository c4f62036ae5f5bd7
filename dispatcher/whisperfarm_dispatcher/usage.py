"""Usage by day, as callers and operators ask for it and see it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from whisperfarm_contract.problems import InvalidOption
from whisperfarm_contract.states import JobState
from whisperfarm_store.ledger import Ledger, UsageOfDay

DEFAULT_DAYS = 31
MAX_DAYS = 366
"""Days of a report: without `from`, and at most."""

DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of a report, in UTC."""

    first: date
    last: date


def read_days(first: str | None, last: str | None) -> Days:
    """Return the days of `from` and `to`, by default the last 31. Raises `InvalidOption`."""
    end = datetime.now(UTC).date() if last is None else _day("to", last)
    if first is None:
        return Days(max(date.min + timedelta(DEFAULT_DAYS), end) - timedelta(DEFAULT_DAYS - 1), end)
    start = _day("from", first)
    if not 0 <= (end - start).days < MAX_DAYS:
        raise InvalidOption(f"from, to: the days must be in order, and at most {MAX_DAYS}")
    return Days(start, end)


def report(ledger: Ledger, days: Days, *, tenant: str | None) -> dict[str, Any]:
    """Return the usage on these days as a document. Without `tenant`, that of all tenants."""
    found = ledger.usage.list(
        first_day=(days.first - _EPOCH).days, last_day=(days.last - _EPOCH).days, tenant=tenant
    )
    return {"from": str(days.first), "to": str(days.last), "usage": rows_of(found)}


def rows_of(usage: Iterable[UsageOfDay]) -> list[dict[str, Any]]:
    """Return rows for callers, one for each day, tenant and key."""
    return [
        {
            "day": str(_EPOCH + timedelta(one.day)),
            "tenant": one.tenant,
            "key": one.key_id or None,
            "jobs": {state.value: one.jobs.get(state, 0) for state in JobState},
            "audio_s": round(one.audio_s, 3),
            "speech_s": round(one.speech_s, 3),
            "audio_bytes": one.audio_bytes,
            "stored_bytes": one.stored_bytes,
        }
        for one in usage
    ]


def _day(name: str, text: str) -> date:
    try:
        if re.match(DAY_PATTERN, text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # the 30th of February
    raise InvalidOption(f"{name}: {text!r} is not a day; write it as 2024-11-20")
