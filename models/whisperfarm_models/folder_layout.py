"""Paths of pulled models on this machine."""

from dataclasses import dataclass
from pathlib import Path

from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.search_path import ModelPaths

PARTIAL_DIR = ".pull"
"""The folder of partial downloads; nothing in it is ever loaded."""


@dataclass(frozen=True, slots=True)
class InstallLayout:
    """A models folder, and torch's cache, which may be elsewhere."""

    root: Path
    torch: Path

    def folder(self, model: Model) -> Path:
        if model.origin == "torch":
            return self.torch / "hub" / "checkpoints"
        return self.root / model.folder

    def target(self, model: Model, file: ModelFile) -> Path:
        return self.folder(model) / file.path

    def partial_dir(self, model: Model) -> Path:
        """Return the folder of partial files, on the same file system as the model's folder."""
        return (self.torch if model.origin == "torch" else self.root) / PARTIAL_DIR


def layout(model_paths: ModelPaths) -> InstallLayout:
    """Return the layout in which `model_paths` finds pulled models."""
    return InstallLayout(root=model_paths.folders[0], torch=model_paths.torch)
