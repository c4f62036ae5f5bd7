"""Files of models that the table does not list."""

from collections.abc import Mapping
from types import MappingProxyType

from whisperfarm_models.inventory.model import ModelFile

GENERIC_FILES: Mapping[str, tuple[ModelFile, ...]] = MappingProxyType(
    {
        "speech": (
            ModelFile(path="config.json"),
            ModelFile(path="model.bin"),
            ModelFile(path="tokenizer.json"),
            ModelFile(path="vocabulary.json"),
            ModelFile(path="vocabulary.txt", instead_of="vocabulary.json"),
            ModelFile(path="preprocessor_config.json", optional=True),
        ),
        "aligner": (
            ModelFile(path="config.json"),
            ModelFile(path="preprocessor_config.json"),
            ModelFile(path="vocab.json"),
            ModelFile(path="tokenizer_config.json", optional=True),
            ModelFile(path="special_tokens_map.json", optional=True),
            ModelFile(path="added_tokens.json", optional=True),
            ModelFile(path="model.safetensors"),
            ModelFile(path="pytorch_model.bin", instead_of="model.safetensors"),
        ),
        "diarizer": (
            ModelFile(path="config.yaml"),
            ModelFile(path="segmentation/pytorch_model.bin"),
            ModelFile(path="embedding/pytorch_model.bin"),
            ModelFile(path="plda/plda.npz"),
            ModelFile(path="plda/xvec_transform.npz"),
        ),
    }
)
