"""The speaker segmentation that the whisperx wheel carries, under the demo's name.

It is whisperx's voice activity model, and tells three speakers apart as well. The checkpoint
under `models/diarize/segmentation` holds no weights: it names this class, which reads them from
the wheel, so that 17 MB need not be shipped twice.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pyannote.audio.core.model import Model


class WheelSegmentation(Model):
    """Loads as another model: pyannote asks the class that a checkpoint names to load it."""

    @classmethod
    def load_from_checkpoint(cls, *_checkpoint: object, **_options: object) -> Any:
        """The wheel's model, whatever checkpoint is given."""
        return Model.from_pretrained(wheel_checkpoint())


def wheel_checkpoint() -> Path:
    """Where the installed whisperx keeps the model."""
    whisperx = find_spec("whisperx")
    if whisperx is None or whisperx.origin is None:
        raise ModuleNotFoundError("the demo's diarizer needs whisperx, which carries its weights")
    return Path(whisperx.origin).parent / "assets" / "pytorch_model.bin"
