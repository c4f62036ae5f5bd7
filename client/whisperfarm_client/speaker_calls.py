"""The calls of the farm's HTTP API that concern enrolled voices."""

import json
from typing import cast
from urllib.parse import quote

from whisperfarm_client import speaker_documents
from whisperfarm_client.farm_calls import FarmCalls
from whisperfarm_client.speaker_documents import Speaker

_PATH = "/v1/speakers"


class SpeakerCalls(FarmCalls):
    """Enrolled voices of the key's tenant, by which jobs with `name_speakers` name people."""

    def enrol_speaker(
        self,
        name: str,
        job_id: str,
        *,
        consent: str,
        speaker: str | None = None,
        expires_at: str | None = None,
    ) -> Speaker:
        """Enrol the voice of a speaker of a job that had `keep_voices`, and return it.

        `consent` notes how the person agreed. Without `speaker`, the job must have one voice.
        `expires_at` is a time such as 2025-11-20T00:00:00Z. Raises `JobNotFound`,
        `SpeakerNotFound` or `SpeakerConflict`.
        """
        wanted = {"name": name, "job": job_id, "consent": consent}
        body = json.dumps({**wanted, "speaker": speaker, "expires_at": expires_at}).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        answer = self._document(
            "POST", _PATH, speaker_documents.SPEAKER, headers=headers, body=lambda: iter([body])
        )
        return cast("Speaker", answer)

    def speakers(self) -> list[Speaker]:
        """Return all enrolled voices, by name."""
        answer = self._document("GET", _PATH, speaker_documents.SPEAKERS)
        return cast("list[Speaker]", answer["speakers"])

    def speaker(self, speaker_id: str) -> Speaker:
        """Return an enrolled voice. Raises `SpeakerNotFound`."""
        answer = self._document("GET", _one(speaker_id), speaker_documents.SPEAKER)
        return cast("Speaker", answer)

    def erase_speaker(self, speaker_id: str) -> None:
        """Erase an enrolled voice at once. Raises `SpeakerNotFound`."""
        self._send("DELETE", _one(speaker_id))


def _one(speaker_id: str) -> str:
    return f"{_PATH}/{quote(speaker_id, safe='')}"
