"""`model_inventory.json`: revisions, sizes and digests of the pulled models."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from whisperfarm_contract.problems import ModelRefused
from whisperfarm_models.inventory import Model
from whisperfarm_models.sources.port import Offer
from whisperfarm_store.fsync import sync_folder

FILE_NAME = "model_inventory.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """Size and digest of a pinned file."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedModel:
    """Source, revision and files of a pinned model."""

    name: str
    kind: str
    source: str = ""
    revision: str = ""
    licence: str = ""
    files: Mapping[str, PinnedFile] = field(default_factory=dict)

    def known(self, path: str, offer: Offer) -> Offer:
        """Return the offer with pinned size and digest. Raises `ModelRefused` for another size."""
        file = self.files.get(path)
        if file is None:
            return offer
        if offer.size_bytes not in (None, file.size_bytes):
            raise ModelRefused(
                f"{offer.where} has {offer.size_bytes} bytes instead of the {file.size_bytes} that"
                f" {FILE_NAME} gives; correct the source"
            )
        return replace(offer, size_bytes=file.size_bytes, sha256=file.sha256)

    def revised(self, model: Model) -> Model:
        """Return the model at the pinned revision."""
        return replace(model, revision=self.revision) if self.revision else model


@dataclass(frozen=True, slots=True)
class Pinned:
    """Pinned models by kind and name."""

    models: Mapping[tuple[str, str], PinnedModel] = field(default_factory=dict)

    def of(self, model: Model) -> PinnedModel:
        """Return the pinned model, or one without files if it was not pulled."""
        unknown = PinnedModel(name=model.name, kind=model.kind)
        return self.models.get((model.kind, model.name), unknown)

    def with_models(self, added: Iterable[PinnedModel]) -> "Pinned":
        """Return a copy in which models are added or replaced."""
        return Pinned({**self.models, **{(one.kind, one.name): one for one in added}})

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


def read(models_dir: Path) -> Pinned:
    """Read the inventory of a models folder; without one, it is empty. Raises `ModelRefused`."""
    path = models_dir / FILE_NAME
    try:
        return parse(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        return Pinned()


def write(models_dir: Path, pinned: Pinned) -> Path:
    """Write the inventory, atomically and durably. Returns its path."""
    path = models_dir / FILE_NAME
    part = path.with_name(f".{FILE_NAME}.part")
    with part.open("w", encoding="utf-8") as file:
        json.dump(pinned.to_wire(), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(models_dir)
    return path


def parse(raw: bytes, *, where: str) -> Pinned:
    """Parse an inventory; `where` names it in errors. Raises `ModelRefused`."""
    try:
        told = json.loads(raw)
        models = [_model_from_wire(one) for one in told["models"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"{where} is not a valid inventory of models: {error!r}") from error
    return Pinned().with_models(models)


def _model_to_wire(model: PinnedModel) -> dict[str, Any]:
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


def _model_from_wire(wire: Mapping[str, Any]) -> PinnedModel:
    return PinnedModel(
        name=str(wire["name"]),
        kind=str(wire["kind"]),
        source=str(wire.get("source", "")),
        revision=str(wire.get("revision", "")),
        licence=str(wire.get("licence", "")),
        files={
            str(one["path"]): PinnedFile(int(one["size_bytes"]), str(one["sha256"]))
            for one in wire["files"]
        },
    )
