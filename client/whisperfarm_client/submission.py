"""Sends one recording, or the legs of one call, as a job."""

from collections.abc import Sequence

from whisperfarm_client import audio_file
from whisperfarm_client.api import FarmApi, OnProgress
from whisperfarm_client.audio_file import AudioFile
from whisperfarm_client.settings import Settings


def open_audio(paths: Sequence[str]) -> list[AudioFile]:
    """Return the recordings. Raises `MissingAudio` or `AudioEmpty`."""
    if len(paths) == 1:
        return [audio_file.open_audio(paths[0])]
    from whisperfarm_client.legs import open_legs

    return open_legs(paths)


def submit(
    farm: FarmApi, audio: Sequence[AudioFile], settings: Settings, on_progress: OnProgress
) -> str:
    """Return the id of the job. Calls for the same recordings make one job."""
    if settings.call is None:
        return farm.submit(audio[0], settings.options, on_progress=on_progress)["id"]
    from whisperfarm_client.legs import Leg

    legs = [Leg(*leg) for leg in zip(audio, *settings.call, strict=True)]
    return farm.submit_call(
        legs, settings.options, idempotency_key=audio[0].key, on_progress=on_progress
    )["id"]
