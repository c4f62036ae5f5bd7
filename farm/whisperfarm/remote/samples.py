"""Samples of voices: recordings that are transcribed so that their speaker can be enrolled."""

from pathlib import Path
from types import MappingProxyType

from whisperfarm_client import Farm
from whisperfarm_client.farm_documents import problem_of
from whisperfarm_contract.states import JobState

_OPTIONS = MappingProxyType(
    {"diarize": True, "keep_voices": True, "keep_audio_days": 0, "keep_results_days": 1}
)
"""The farm deletes the sample when its job ends, and what was made of it a day later."""


def keep_voices_of(
    farm: Farm, recording: Path, preset: str | None, *, timeout_s: float | None
) -> str:
    """Transcribe a sample, and return the id of its job. Raises the problem of the job."""
    chosen = {} if preset is None else {"model": preset}
    job = farm.submit(recording, {**_OPTIONS, **chosen})
    ended = farm.wait(job["id"], timeout_s=timeout_s)
    if ended["state"] != JobState.SUCCEEDED:
        raise problem_of(ended)
    return ended["id"]
