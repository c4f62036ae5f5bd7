"""`model_inventory.json`: revisions, sizes and digests of the pulled models."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from whisperfarm_contract.problems import InvalidSettings, ModelIntegrityError
from whisperfarm_models.inventory import Model
from whisperfarm_models.sources.port import RemoteFile
from whisperfarm_store.fsync import sync_folder

FILE_NAME = "model_inventory.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class LockedFile:
    """Size and digest of a pinned file."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedModel:
    """Source, revision and files of a pinned model."""

    name: str
    kind: str
    source: str = ""
    revision: str = ""
    licence: str = ""
    files: Mapping[str, LockedFile] = field(default_factory=dict)

    def verify(self, path: str, remote_file: RemoteFile) -> RemoteFile:
        """Return the offer with pinned size and digest. Raises `ModelIntegrityError` for another
        size."""
        file = self.files.get(path)
        if file is None:
            return remote_file
        if remote_file.size_bytes not in (None, file.size_bytes):
            raise ModelIntegrityError(
                f"{remote_file.where} has {remote_file.size_bytes} bytes instead of the"
                f" {file.size_bytes} that {FILE_NAME} gives; correct the source"
            )
        return replace(remote_file, size_bytes=file.size_bytes, sha256=file.sha256)

    def at_locked_revision(self, model: Model) -> Model:
        """Return the model at the pinned revision."""
        return replace(model, revision=self.revision) if self.revision else model


@dataclass(frozen=True, slots=True)
class ModelLock:
    """Locked models by kind and name."""

    models: Mapping[tuple[str, str], LockedModel] = field(default_factory=dict)

    def of(self, model: Model) -> LockedModel:
        """Return the pinned model, or one without files if it was not pulled."""
        default = LockedModel(name=model.name, kind=model.kind)
        return self.models.get((model.kind, model.name), default)

    def with_models(self, models: Iterable[LockedModel]) -> "ModelLock":
        """Return a copy in which models are added or replaced."""
        return ModelLock({**self.models, **{(one.kind, one.name): one for one in models}})

    @property
    def diarization_enabled(self) -> bool:
        """Whether a diarizer was pulled."""
        return any(kind == "diarizer" for kind, _ in self.models)

    def to_wire(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "diarization_enabled": self.diarization_enabled,
            "models": [_model_to_wire(self.models[key]) for key in sorted(self.models)],
        }


def read(models_dir: Path) -> ModelLock:
    """Read the inventory of a models folder; without one, it is empty.

    Raises `ModelIntegrityError` if it is not valid, and `InvalidSettings` if it cannot be read.
    """
    path = models_dir / FILE_NAME
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ModelLock()
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_MODELS_DIR, WHISPERFARM_DATA_DIR: {path} cannot be read"
            f" ({error.strerror}); make it readable, or set another models folder"
        ) from error
    return parse(raw, where=str(path))


def write(models_dir: Path, lock: ModelLock) -> Path:
    """Write the inventory, atomically and durably. Returns its path."""
    path = models_dir / FILE_NAME
    partial = path.with_name(f".{FILE_NAME}.part")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(lock.to_wire(), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(models_dir)
    return path


def parse(raw: bytes, *, where: str) -> ModelLock:
    """Parse an inventory; `where` names it in errors. Raises `ModelIntegrityError`."""
    try:
        document = json.loads(raw)
        models = [_model_from_wire(one) for one in document["models"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelIntegrityError(
            f"{where} is not a valid inventory of models: {error!r}"
        ) from error
    return ModelLock().with_models(models)


def _model_to_wire(model: LockedModel) -> dict[str, Any]:
    return {
        "kind": model.kind,
        "name": model.name,
        "source": model.source,
        "revision": model.revision,
        "licence": model.licence,
        "files": [
            {"path": path, "size_bytes": file.size_bytes, "sha256": file.sha256}
            for path, file in sorted(model.files.items())
        ],
    }


def _model_from_wire(wire: Mapping[str, Any]) -> LockedModel:
    return LockedModel(
        name=str(wire["name"]),
        kind=str(wire["kind"]),
        source=str(wire.get("source", "")),
        revision=str(wire.get("revision", "")),
        licence=str(wire.get("licence", "")),
        files={
            str(one["path"]): LockedFile(int(one["size_bytes"]), str(one["sha256"]))
            for one in wire["files"]
        },
    )
