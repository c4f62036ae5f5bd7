"""Buffers of decoded audio for tests."""

from pathlib import Path
from typing import Any

from whisperfarm_worker.pipeline.audio.channel_seconds import ChannelSeconds
from whisperfarm_worker.pipeline.audio.pcm_buffer import PcmBuffer
from whisperfarm_worker.pipeline.scratch_space import ScratchSpace


def pcm_buffer(
    folder: Path,
    *,
    max_audio_s: float = 10.0,
    max_channel_s: float = 100.0,
    channel_seconds: ChannelSeconds | None = None,
    reserve_bytes: int = 0,
    **fields: Any,
) -> PcmBuffer:
    """Return an empty buffer with its files in the folder. Close it."""
    return PcmBuffer(
        path=folder / "track",
        max_audio_s=max_audio_s,
        channel_seconds=channel_seconds or ChannelSeconds(max_channel_s),
        space=ScratchSpace(folder=folder, reserve_bytes=reserve_bytes),
        **fields,
    )
