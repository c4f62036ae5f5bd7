"""Put segmentation, embedding and clustering together as one pyannote pipeline folder."""

from pathlib import Path

import numpy as np
import torch
import yaml
from lightning import __version__ as lightning_version
from pyannote.audio import __version__ as PYANNOTE_VERSION
from pyannote.audio.core.model import Model

from whisperfarm_demo.segmentation import WheelSegmentation
from whisperfarm_demo.speaker_embedding import SpeakerEmbedding

PIPELINE: dict[str, object] = {
    "dependencies": {"pyannote.audio": "4.0.0"},
    "pipeline": {
        "name": "pyannote.audio.pipelines.SpeakerDiarization",
        "params": {
            "segmentation": "$model/segmentation",
            "segmentation_step": 0.2,
            "segmentation_batch_size": 32,
            "embedding": "$model/embedding",
            "embedding_batch_size": 32,
            "embedding_exclude_overlap": True,
            "plda": "$model/plda",
            "clustering": "AgglomerativeClustering",
        },
    },
    "params": {
        "segmentation": {"threshold": 0.5, "min_duration_off": 0.0},
        # Voices further apart than the threshold are two speakers.
        "clustering": {"method": "centroid", "min_cluster_size": 3, "threshold": 0.8},
    },
}
"""`config.yaml`: paths that begin with $model are the folder's own."""


def save(embedding: SpeakerEmbedding, folder: Path) -> None:
    """Write the folder that `Pipeline.from_pretrained` loads."""
    save_pointer(folder / "segmentation")
    save_checkpoint(embedding, folder / "embedding")
    save_plda(folder / "plda", dimension=embedding.dimension)
    (folder / "config.yaml").write_text(yaml.safe_dump(PIPELINE, sort_keys=False))


def save_checkpoint(model: Model, folder: Path) -> None:
    """Write `pytorch_model.bin` as pyannote's own models come, weights in half precision."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint: dict[str, object] = {
        "state_dict": {name: _halved(value) for name, value in model.state_dict().items()},
        "hyper_parameters": dict(model.hparams),
        "pytorch-lightning_version": lightning_version,
    }
    model.on_save_checkpoint(checkpoint)
    torch.save(checkpoint, folder / "pytorch_model.bin")


def save_pointer(folder: Path) -> None:
    """Write a checkpoint without weights that names `WheelSegmentation`."""
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = {
        "pyannote.audio": {
            "versions": {"pyannote.audio": PYANNOTE_VERSION},
            "architecture": {
                "module": WheelSegmentation.__module__,
                "class": WheelSegmentation.__name__,
            },
        }
    }
    torch.save(checkpoint, folder / "pytorch_model.bin")


def save_plda(folder: Path, *, dimension: int) -> None:
    """The identity: the pipeline insists on a PLDA though its clustering does not use one."""
    folder.mkdir(parents=True, exist_ok=True)
    zero, one = np.zeros(dimension), np.eye(dimension)
    np.savez(folder / "xvec_transform.npz", mean1=zero, mean2=zero, lda=one)
    np.savez(folder / "plda.npz", mu=zero, tr=one, psi=np.ones(dimension))


def _halved(value: torch.Tensor) -> torch.Tensor:
    return value.half() if value.is_floating_point() else value
