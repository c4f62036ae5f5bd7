"""Limits on what a tenant or a key submits in a day."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyQuota:
    """Limits on what is submitted in a day; 0: unlimited."""

    jobs: int = 0
    audio_s: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.jobs or self.audio_s)


NO_QUOTA = DailyQuota()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyQuota:
    """The quota of a key, whose id is `key_id`."""

    key_id: str | None = None
    quota: DailyQuota = NO_QUOTA


NO_KEY = KeyQuota()
