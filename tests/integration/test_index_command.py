"""`whisperfarm index` makes and removes the index of a farm's transcripts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.jobs import TENANT, new_job
from tests.support.ledger import open_migrated
from whisperfarm.command import cli
from whisperfarm_contract.transcript import Coverage, Segment, Transcript
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import JobFilter, Ledger, read_query

SPOKEN = Transcript(
    language="en",
    model="demo",
    segments=(Segment(start=0.0, end=1.0, text="refund"),),
    coverage=Coverage(audio_s=1.0, speech_s=1.0, transcribed_s=1.0),
)


def found(ledger: Ledger) -> int:
    wanted = JobFilter(words=read_query("refund"))
    return len(ledger.jobs.list_for_tenant(TENANT, wanted=wanted))


def test_index_is_removed_and_rebuilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    ledger = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    blobs = FolderBlobs(tmp_path / "blobs")
    for number in range(3):
        job = ledger.jobs.insert(new_job())
        ledger.attempts.claim(job.id, worker="w", lease_s=60)
        key = f"results/{TENANT}/{job.id}/1/result.json"
        blobs.put(key, json.dumps(SPOKEN.to_wire()).encode() if number else b"{}")
        ledger.attempts.succeed(job.id, attempt=1, result_key=key, audio_s=1.0)
    for words, expected in ((["rebuild", "--pending"], 2), (["rebuild"], 2), (["remove"], 0)):
        outcome = CliRunner().invoke(cli, ["index", *words], catch_exceptions=False)
        assert (outcome.exit_code, found(ledger)) == (0, expected), outcome.output
    assert "the texts of 3 transcripts are removed" in outcome.output
    ledger.close()
