"""Where files of models go on this machine."""

from dataclasses import dataclass
from pathlib import Path

from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.search_path import Places

PARTS = ".pull"
"""The folder of what has come in part; nothing in it is ever loaded."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A models folder, and torch's cache, which may lie elsewhere."""

    root: Path
    torch: Path

    def folder(self, model: Model) -> Path:
        """The folder of a model's files."""
        if model.origin == "torch":
            return self.torch / "hub" / "checkpoints"
        return self.root / model.folder

    def target(self, model: Model, file: ModelFile) -> Path:
        """The place of a file."""
        return self.folder(model) / file.path

    def parts(self, model: Model) -> Path:
        """The folder of parts that can be moved to the model's folder."""
        return (self.torch if model.origin == "torch" else self.root) / PARTS


def layout(places: Places) -> Layout:
    """Where a pull puts what `places` finds."""
    return Layout(root=places.folders[0], torch=places.torch)
