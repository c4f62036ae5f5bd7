"""`docs/reference/whisper-remote.md` agrees with the code."""

import re
from pathlib import Path

import pytest

from tests.support.problems import EVERY
from whisperfarm_client import flags, settings


@pytest.fixture(scope="module")
def guide() -> str:
    return (Path(__file__).parents[3] / "docs" / "reference" / "whisper-remote.md").read_text(
        encoding="utf-8"
    )


def test_guide_explains_every_variable(guide: str) -> None:
    explained = re.findall(r"^\| `(WHISPER\w+)`", guide, flags=re.MULTILINE)
    assert sorted(explained) == sorted(settings.VARIABLES)


def test_guide_names_existing_flags_only(guide: str) -> None:
    named = {name.replace("-", "_") for name in re.findall(r"`--([a-z_-]+)[`\s]", guide)}
    known = {*vars(flags.parse(["call.wav"])), "version", "help"}
    assert named <= known | {"max_...", "host"}


def test_guide_explains_every_exit_code(guide: str) -> None:
    rows = re.findall(r"^\| (\d+) \| (`.*?`) \|", guide, flags=re.MULTILINE)
    explained = {name: int(code) for code, names in rows for name in re.findall("`(.*?)`", names)}
    assert explained == {kind.name: kind.exit_code for kind in EVERY if kind.name in explained}
    assert {kind.name for kind in EVERY if kind.name not in explained} <= NEVER_MET


NEVER_MET = {
    *("idempotency-conflict", "lease-lost", "model-source-error", "model-integrity-error"),
    *("scratch-full", "batch-not-found", "vocabulary-not-found", "job-not-polled"),
    *("revision-not-found", "revision-conflict", "invalid-correction", "job-on-hold"),
    "api-key-not-found",
    *("speaker-not-found", "speaker-conflict"),
    *("forward-not-found", "transfer-incomplete", "transfer-damaged"),
    *("invalid-upload-token", "upload-token-used"),
    *("backup-unusable", "custody-not-found", "custody-broken"),
    *("waveform-not-found", "recording-not-redacted"),
}
"""Problems that the client cannot meet: its keys are random, operators pull models, restore
backups, verify chains of custody and connect farms to hubs, a job that never finds space ends with
attempts-exhausted, it asks for no batch, vocabulary, recording or revision, deletes nothing,
uploads with no token, enrols nothing, and submits again what was not polled."""
