"""Where models lie on this machine."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from whisperfarm_models.engine_spec import WHISPERX, Kind
from whisperfarm_models.known_models import TORCHAUDIO_ALIGNERS, WHISPER_REPOSITORIES


@dataclass(frozen=True, slots=True)
class Places:
    """The folders that are searched, in order: model folders, then the caches of the libraries."""

    folders: tuple[Path, ...]
    hub: Path
    torch: Path

    def find(self, model: str) -> Path | None:
        """The folder (of a torchaudio model: the file) of a model, or `None`."""
        candidates = [folder / model for folder in self.folders if (folder / model).is_dir()]
        if candidates:
            return candidates[0]
        if model in TORCHAUDIO_ALIGNERS:
            checkpoint = self.checkpoint(model)
            return checkpoint if checkpoint.is_file() else None
        return self._snapshot(WHISPER_REPOSITORIES.get(model, model))

    def wanted(self, model: str) -> Path:
        """Where a model that is nowhere should be."""
        if model in TORCHAUDIO_ALIGNERS:
            return self.checkpoint(model)
        return self.folders[0] / model

    def checkpoint(self, model: str) -> Path:
        """The file of a torchaudio model, there or not."""
        return self.torch / "hub" / "checkpoints" / TORCHAUDIO_ALIGNERS[model]

    def sentence_folders(self) -> tuple[Path, ...]:
        """The folders called `nltk`, which hold what splits text into sentences."""
        found = (
            sorted(folder.glob(pattern))
            for folder in self.folders
            for pattern in ("nltk", "*/nltk")
        )
        return tuple(path for paths in found for path in paths if path.is_dir())

    def _snapshot(self, repository: str) -> Path | None:
        """A repository's files in the hub's cache, laid out as huggingface_hub does."""
        cache = self.hub / f"models--{repository.replace('/', '--')}"
        try:
            revision = (cache / "refs" / "main").read_text().strip()
        except OSError:
            return None
        snapshot = cache / "snapshots" / revision
        return snapshot if snapshot.is_dir() else None


def places(
    models_dir: Path, bundled: Path | None = None, environ: Mapping[str, str] = os.environ
) -> Places:
    """The operator's folder, then the one that came with the package, then the caches."""
    hub_home = Path(environ.get("HF_HOME") or models_dir)
    return Places(
        folders=(models_dir,) if bundled is None else (models_dir, bundled),
        hub=Path(environ.get("HF_HUB_CACHE") or hub_home / "hub"),
        torch=Path(environ.get("TORCH_HOME") or models_dir / "torch"),
    )


def voice_activity_weights(engine: Kind = WHISPERX) -> Path:
    """The weights of an engine's voice activity model, which the engine's own package carries."""
    inside = Path("assets") / engine.voice_activity
    spec = find_spec(engine.package)
    if spec is None or not spec.submodule_search_locations:
        return Path(engine.package) / inside
    return Path(spec.submodule_search_locations[0]) / inside
