"""The load that a farm is planned for."""

from dataclasses import dataclass

from whisperfarm_contract.presets import Preset


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Recordings of one kind.

    `peak_hour` is the part of a day's calls in the busiest hour. `channels` is the number of
    channels that are transcribed by themselves. `keep_..._days` are the days of the settings with
    this name.
    """

    calls_per_day: float
    seconds: float
    preset: Preset
    peak_hour: float
    channels: int
    audio_format: str
    speakers: bool
    keep_audio_days: float
    keep_results_days: float
    keep_jobs_days: float

    @property
    def peak_calls_per_s(self) -> float:
        """Calls per second in the busiest hour."""
        return self.calls_per_day * self.peak_hour / 3600

    @property
    def audio_s_per_day(self) -> float:
        """Seconds of audio in a day, of all channels that are transcribed by themselves."""
        return self.calls_per_day * self.seconds * self.channels
