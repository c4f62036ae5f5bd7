"""Transcribes files of the corpus through the HTTP API and with `whisper-remote`."""

import json
import os
import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import httpx

from tests.media.corpus.case import Case
from tests.support.farm import EmbeddedFarm, whisper_remote


@dataclass(frozen=True)
class Answer:
    """What a caller receives: a transcript, or the name of a problem.

    `exit_code` is that of `whisper-remote`, or that which the problem states.
    """

    transcript: dict[str, Any] | None = None
    problem: str = ""
    exit_code: int = 0
    warnings: tuple[str, ...] = ()
    filename: str = ""

    @property
    def words(self) -> list[dict[str, Any]]:
        assert self.transcript is not None
        return list(chain.from_iterable(one["words"] for one in self.transcript["segments"]))

    @property
    def text(self) -> str:
        return " ".join(word["word"] for word in self.words)

    @property
    def speakers(self) -> set[str]:
        return {word["speaker"] for word in self.words if word.get("speaker")}


def over_http(farm: EmbeddedFarm, case: Case, path: Path) -> Answer:
    """Send the file in a form, and get its transcript."""
    with path.open("rb") as file:
        sent = farm.http.post(
            "/v1/jobs",
            data=case.all_options,
            files={"file": (path.name, file, "application/octet-stream")},
        )
    if sent.status_code != httpx.codes.ACCEPTED:
        return _rejected(sent.json())
    return of_job(farm, farm.ended(sent.json()["id"], within_s=600))


def of_job(farm: EmbeddedFarm, job: dict[str, Any]) -> Answer:
    """Return the answer of a job that has ended."""
    if job["problem"]:
        return _rejected(job["problem"])
    transcript = farm.result(job["id"]).json()
    return Answer(
        transcript, warnings=tuple(transcript["warnings"]), filename=job["audio"]["filename"]
    )


def _rejected(problem: dict[str, Any]) -> Answer:
    return Answer(problem=problem["name"], exit_code=problem["exit_code"])


def by_client(farm: EmbeddedFarm, case: Case, path: Path) -> Answer:
    """Run `whisper-remote` on the file, and read the transcript that it writes."""
    flags = chain.from_iterable((f"--{name}", value) for name, value in case.all_options.items())
    folder = path.with_name("transcripts")
    ended = whisper_remote(
        *flags, "--output_format", "json", "--output_dir", folder, "--", path, url=farm.url
    )
    if ended.returncode:
        name = re.search(r" ([a-z-]+): ", ended.stderr)
        return Answer(problem=name[1] if name else ended.stderr, exit_code=ended.returncode)
    [written] = folder.iterdir()
    transcript = json.loads(written.read_text(encoding="utf-8"))
    return Answer(
        transcript, warnings=tuple(ended.stderr.splitlines()), filename=_name_of(written, path)
    )


def _name_of(written: Path, path: Path) -> str:
    """Return the name of the recording if the transcript is named after it, as by `whisper`."""
    stem, _ = os.path.splitext(path.name)  # noqa: PTH122 - pathlib keeps a dot at the end
    return path.name if written.name == f"{stem}.json" else written.name
