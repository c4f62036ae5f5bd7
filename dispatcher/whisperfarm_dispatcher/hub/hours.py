"""The hours of the day in which recordings are sent."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from whisperfarm_contract.problems import InvalidSettings

_TEXT = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)(?: (\S+))?")
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start_s` to `end_s` after midnight, perhaps over midnight. `None`: this machine's
    zone."""

    start_s: int
    end_s: int
    zone: ZoneInfo | None

    def wait_s(self, now: datetime) -> float:
        """Return the seconds until the hours begin; 0 during them. `now` has a zone."""
        local = now.astimezone(self.zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        now_s = (local - midnight) / timedelta(seconds=1)
        if (now_s - self.start_s) % _DAY_S < (self.end_s - self.start_s) % _DAY_S:
            return 0.0
        return (self.start_s - now_s) % _DAY_S


def read_hours(text: str | None) -> Hours | None:
    """Parse `22:00-06:00` or `22:00-06:00 Europe/Berlin`. Raises `InvalidSettings`."""
    if text is None:
        return None
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise _invalid(text, "it is not written as 22:00-06:00 or 22:00-06:00 Europe/Berlin")
    *numbers, zone = found.groups()
    hours = [int(number) for number in numbers]
    start_s, end_s = (3600 * hours[one] + 60 * hours[one + 1] for one in (0, 2))
    if max(start_s, end_s) > _DAY_S or max(hours[1], hours[3]) > 59:  # noqa: PLR2004
        raise _invalid(text, "a day has the times 00:00 to 24:00")
    if start_s % _DAY_S == end_s % _DAY_S:
        raise _invalid(text, "the hours begin and end at the same time; omit them to send always")
    return Hours(start_s, end_s, _zone(text, zone))


def _zone(text: str, name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _invalid(text, f"this machine knows no zone {name!r}") from None


def _invalid(text: str, reason: str) -> InvalidSettings:
    return InvalidSettings(f"WHISPERFARM_HUB_HOURS: {text!r} is not valid: {reason}")
