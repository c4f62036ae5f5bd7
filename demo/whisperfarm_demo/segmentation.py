"""The speaker segmentation of the demo, whose weights are those of whisperx's wheel.

The voice activity model of whisperx also separates up to three speakers. The checkpoint
`models/diarize/segmentation` has no weights: it names this class, which loads them from the
installed wheel, so that the demo package does not contain the same 17 MB.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pyannote.audio.core.model import Model


class WheelSegmentation(Model):
    """Loads whisperx's model: pyannote calls the class that a checkpoint names."""

    @classmethod
    def load_from_checkpoint(cls, *_checkpoint: object, **_options: object) -> Any:
        """Return the wheel's model; the arguments are ignored."""
        return Model.from_pretrained(wheel_checkpoint())


def wheel_checkpoint() -> Path:
    """Return the path of the model in the installed whisperx.

    Raises `ModuleNotFoundError` if whisperx is not installed.
    """
    whisperx = find_spec("whisperx")
    if whisperx is None or whisperx.origin is None:
        raise ModuleNotFoundError(
            "the demo's diarizer loads its weights from whisperx; install whisperx"
        )
    return Path(whisperx.origin).parent / "assets" / "pytorch_model.bin"
