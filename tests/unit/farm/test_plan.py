"""`whisperfarm plan`: from a load to the size of a farm."""

import json

import pytest
from click.testing import CliRunner

from whisperfarm.command import cli
from whisperfarm_contract.problems import InvalidSettings

Plan = dict[str, float]
LOAD = ("plan", "--calls-per-day", "10000", "--seconds", "90")


def printed(*arguments: str) -> str:
    result = CliRunner().invoke(cli, (*LOAD, *arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def plan(*arguments: str) -> Plan:
    made: Plan = json.loads(printed("--json", *arguments))["plan"]
    return made


def test_help_names_the_flags() -> None:
    text = CliRunner().invoke(cli, ["plan", "--help"]).output
    for flag in ("--calls-per-day", "--seconds", "--preset", "--peak-hour", "--factor", "--json"):
        assert flag in text


def test_workers_follow_from_the_busiest_hour() -> None:
    made = plan("--factor", "20", "--peak-hour", "0.2")
    assert made["audio_s_per_s"] == 10_000 * 0.2 / 3600 * 90
    assert made["workers"] == 4  # 50 s/s of 14 each


@pytest.mark.parametrize("flags", [("--factor", "10"), ("--channels", "2", "--factor", "20")])
def test_half_the_speed_or_twice_the_channels_double_the_workers(
    flags: tuple[str, ...],
) -> None:
    assert plan("--peak-hour", "0.2", *flags)["workers"] == 8


def test_each_worker_has_a_gpu() -> None:
    assert plan("--factor", "20")["gpus"] == 0
    with_gpu = plan("--factor", "20", "--gpu")
    assert with_gpu["gpus"] == with_gpu["workers"] > 0


def test_disk_follows_from_format_and_retention() -> None:
    flags = ("--audio-format", "mulaw-8k", "--keep-audio-days", "10", "--keep-results-days", "1")
    made = plan(*flags)
    a_day = 10_000 * 90 * 8_000
    results = made["blob_bytes_per_day"] - a_day
    assert 0 < results < a_day / 10
    assert made["blob_bytes"] == pytest.approx(10 * a_day + results)


def test_ledger_grows_by_the_jobs_of_a_day() -> None:
    made = plan("--keep-jobs-days", "365")
    assert made["ledger_bytes"] == 365 * made["ledger_bytes_per_day"]


def test_table_has_the_figures_with_their_sources() -> None:
    text = printed("--factor", "33.5")
    assert "33.5 s/s" in text
    for source in ("--factor", "docs/reference/benchmarks-farm.md", "samples/support-call.json"):
        assert source in text


def test_measured_factor_is_used_and_named() -> None:
    assert "docs/reference/benchmarks.md, 2 CPU cores" in printed("--preset", "demo")


@pytest.mark.parametrize("flags", [("--preset", "premium"), ("--preset", "demo", "--gpu")])
def test_speed_that_was_not_measured_must_be_given(flags: tuple[str, ...]) -> None:
    with pytest.raises(InvalidSettings, match="pass it as --factor"):
        printed(*flags)


@pytest.mark.parametrize(
    "flags", [("--factor", "0"), ("--peak-hour", "0.01"), ("--audio-format", "tape")]
)
def test_impossible_values_are_refused(flags: tuple[str, ...]) -> None:
    assert CliRunner().invoke(cli, (*LOAD, *flags)).exit_code == 2
