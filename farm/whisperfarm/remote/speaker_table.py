"""Enrolled voices as a table or as JSON."""

from collections.abc import Iterator, Sequence

from whisperfarm.remote.output import print_json, print_table
from whisperfarm_client.speaker_documents import Speaker

_HEAD = ("ID", "NAME", "SPEECH", "ENROLLED", "BY", "EXPIRES", "JOB", "SPEAKER", "CONSENT")


def print_speakers(listed: Sequence[Speaker], output_format: str) -> None:
    """Print enrolled voices, without their embeddings."""
    if output_format == "json":
        print_json({"speakers": listed})
    else:
        print_table(_HEAD, [list(_row(one)) for one in listed])


def _row(speaker: Speaker) -> Iterator[str]:
    yield from (speaker["id"], speaker["name"], f"{speaker['speech_s']:.1f} s")
    yield from (speaker["enrolled_at"], speaker["enrolled_by"], speaker.get("expires_at") or "")
    yield from (speaker["job"], speaker["speaker"], speaker["consent"])
