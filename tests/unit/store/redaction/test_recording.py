"""What is masked in a redacted recording."""

from dataclasses import replace
from pathlib import Path

import pytest

from whisperfarm_contract.identifiers import redacted_manifest_key
from whisperfarm_contract.transcript import Redaction
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.redaction.recording import RedactedRecording, read_redacted

MADE = RedactedRecording(
    kinds=("card", "phone"), sound="mute", duration_s=20.0, masked=((1.0, 3.0), (19.0, 20.0))
)


def redaction(start: float, end: float) -> Redaction:
    return Redaction(kind="card", start=start, end=end)


def test_document_is_read_as_it_was_written(tmp_path: Path) -> None:
    blobs, key = FolderBlobs(tmp_path), "results/acme/job/1/transcript.json"
    assert read_redacted(blobs, key) is None
    blobs.put(redacted_manifest_key(key), MADE.to_bytes())
    assert read_redacted(blobs, key) == MADE


@pytest.mark.parametrize(
    ("span", "is_covered"),
    [
        ((1.0, 3.0), True),
        ((19.5, 21.0), True),  # the recording has ended by then
        ((0.9, 3.0), False),
        ((2.0, 3.1), False),
        ((5.0, 6.0), False),
    ],
)
def test_recording_covers_what_lies_in_one_of_its_spans(
    span: tuple[float, float], *, is_covered: bool
) -> None:
    assert MADE.covers([redaction(1.5, 2.5), redaction(*span)], ["card"]) is is_covered


def test_recording_covers_only_its_kinds() -> None:
    assert not MADE.covers([], ["card", "iban"])
    assert replace(MADE, kinds=("card", "iban")).covers([], ["card", "iban"])
