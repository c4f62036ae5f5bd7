"""Loads a pyannote pipeline for speaker diarization from a folder."""

from pathlib import Path

import torch
from pyannote.audio import Pipeline
from pyannote.audio.pipelines import SpeakerDiarization

from whisperfarm_contract.problems import EngineFailed
from whisperfarm_worker.engines.device import Device

_METHODS = ("forward_frames", "forward_embedding")


def load_pipeline(folder: Path, device: Device) -> SpeakerDiarization:
    """Load the pipeline.

    Raises `EngineFailed` if it is not one for speaker diarization, or if its embedding model does
    not compute frames and embeddings separately, as those of WeSpeaker do.
    """
    pipeline = Pipeline.from_pretrained(str(folder))
    if not isinstance(pipeline, SpeakerDiarization):
        raise EngineFailed(
            f"{folder}: this is not pyannote's SpeakerDiarization pipeline; name another diarizer"
            " in the preset, such as pyannote/speaker-diarization-community-1"
        )
    model = getattr(pipeline._embedding, "model_", None)
    if not all(hasattr(model, method) for method in _METHODS):
        raise EngineFailed(
            f"{folder}: its embedding model lacks {' or '.join(_METHODS)}; name a diarizer with a"
            " WeSpeaker model in the preset, such as pyannote/speaker-diarization-community-1"
        )
    if not pipeline.instantiated:
        pipeline.instantiate(pipeline.default_parameters())
    return pipeline.to(torch.device(device.torch_name))
