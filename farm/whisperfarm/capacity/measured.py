"""The figures that a plan rests on, each with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from whisperfarm_contract.presets import Preset
from whisperfarm_contract.problems import InvalidSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its unit, and where it comes from."""

    name: str
    value: float
    unit: str
    source: str


BENCHMARKS = "docs/reference/benchmarks.md"

FACTORS: Mapping[str, Figure] = MappingProxyType(
    {
        "demo": Figure(
            name="audio per second of a worker, preset demo, with speakers",
            value=15.2,
            unit="s/s",
            source=f"{BENCHMARKS}, 2 CPU cores, no GPU",
        ),
    }
)
"""By preset: seconds of audio per second of one worker on CPUs, from the fetch to the result."""

SUBMISSIONS = Figure(
    name="jobs per second of a dispatcher",
    value=49.4,
    unit="/s",
    source="docs/reference/benchmarks-farm.md, 2 CPU cores, servers and workers on the same",
)
TRANSCRIPT = Figure(
    name="transcript with words",
    value=333.0,
    unit="bytes/s",
    source="samples/support-call.json, 28.9 s of speech",
)
LEDGER = Figure(
    name="job in the ledger, with indexes and idempotency key",
    value=969.0,
    unit="bytes",
    source="PostgreSQL, a million rows of `make bench-ledger`",
)
SCRATCH = Figure(
    name="decoded audio of a running job",
    value=64_000.0,
    unit="bytes/s",
    source="32-bit samples at 16 kHz, for each channel",
)

FORMATS: Mapping[str, float] = MappingProxyType(
    {"wav-16k": 32_000.0, "wav-8k": 16_000.0, "mulaw-8k": 8_000.0, "mp3-64k": 8_000.0,
     "opus-24k": 3_000.0}
)  # fmt: skip
"""By format, bytes for each second of one channel: sample rate and size, or bit rate."""


def audio_bytes(audio_format: str) -> Figure:
    """Return the size of a second of audio."""
    return Figure(
        name=f"recording, {audio_format}",
        value=FORMATS[audio_format],
        unit="bytes/s",
        source="sample rate and size, or bit rate, for each channel",
    )


def factor(preset: Preset, own: float | None, *, gpu: bool) -> Figure:
    """Return the speed of a worker: the operator's own figure, or the measured one.

    Raises `InvalidSettings` if neither is known.
    """
    if own is not None:
        return Figure(
            name=f"audio per second of a worker, preset {preset.name}",
            value=own,
            unit="s/s",
            source="--factor",
        )
    if preset.name in FACTORS and not gpu:
        return FACTORS[preset.name]
    device = "a GPU" if gpu else "CPUs"
    raise InvalidSettings(
        f"the speed of the preset {preset.name!r} on {device} was not measured (on CPUs were:"
        f" {', '.join(FACTORS)}); measure the seconds of audio per second of one full worker on"
        " your hardware, and pass it as --factor"
    )
