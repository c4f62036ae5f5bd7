"""The models and their files, from the table of the inventory.

A model that the table does not list, in a preset of the operator, has the generic files of its kind
at the hub's current revision.

- `model`, `generic_files`: a model and its files
- `rows`: models from rows of the table
- `kinds`, `packaged`: a model of each kind, by its name
- `preset_models`: the models of a preset
"""

from whisperfarm_models.inventory.kinds import aligner, diarizer, speech
from whisperfarm_models.inventory.model import Model, ModelFile, with_known_digests
from whisperfarm_models.inventory.packaged import sentences, voice_activity
from whisperfarm_models.inventory.preset_models import models_of, needs_aligner, needs_detector
from whisperfarm_models.inventory.rows import validate_name

__all__ = [
    "Model",
    "ModelFile",
    "aligner",
    "diarizer",
    "models_of",
    "needs_aligner",
    "needs_detector",
    "sentences",
    "speech",
    "validate_name",
    "voice_activity",
    "with_known_digests",
]
