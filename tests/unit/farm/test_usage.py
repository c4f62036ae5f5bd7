"""`whisperfarm usage` prints the account of the ledger."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.jobs import new_job
from tests.support.ledger import open_migrated
from whisperfarm.command import cli
from whisperfarm_contract.problems import InvalidOption


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a data folder whose ledger has a job."""
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    ledger = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    ledger.jobs.insert(replace(new_job(tenant="north"), key_id="key-1"))
    return tmp_path


def run(*flags: str) -> Result:
    return CliRunner().invoke(cli, ["usage", *flags])


@pytest.mark.usefixtures("folder")
def test_usage_is_printed_in_each_format() -> None:
    today = str(datetime.now(UTC).date())
    document = json.loads(run("--format", "json").stdout)
    [row] = document["usage"]
    assert document["to"] == today
    assert (row["day"], row["tenant"], row["key"]) == (today, "north", "key-1")
    assert (row["jobs"]["queued"], row["audio_bytes"]) == (1, new_job().audio.size_bytes)
    [record] = csv.DictReader(io.StringIO(run("--format", "csv").stdout))
    assert (record["day"], record["queued"], record["succeeded"]) == (today, "1", "0")
    assert "STORED BYTES" in run().stdout
    assert json.loads(run("--tenant", "south", "--format", "json").stdout)["usage"] == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "flags",
    [
        ("--from", "yesterday"),
        ("--to", "2024-02-30"),
        ("--from", "2024-02-02", "--to", "2024-02-01"),
        ("--from", "2020-01-01", "--to", "2024-01-01"),
        ("--from", "20240101"),
    ],
)
def test_invalid_days_are_refused(flags: tuple[str, ...]) -> None:
    assert isinstance(run(*flags).exception, InvalidOption)


@pytest.mark.usefixtures("folder")
def test_first_day_of_the_calendar_is_a_day() -> None:
    assert json.loads(run("--to", "0001-01-01", "--format", "json").stdout)["usage"] == []
