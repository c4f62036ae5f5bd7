"""Small dummy models for tests of pulls."""

import random
from pathlib import Path

from whisperfarm_models.folder_layout import InstallLayout
from whisperfarm_models.inventory import Model, ModelFile, speech

NAME = "acme/calls"
TRUTH = {
    "config.json": b'{"a": 1}',
    "model.bin": random.Random(1).randbytes(300_000),
    "tokenizer.json": random.Random(2).randbytes(20_000),
    "vocabulary.txt": b"a\nb\n",
}
MODEL: Model = speech(NAME)


def layout_of(root: Path) -> InstallLayout:
    """Return the layout of a models folder without other caches."""
    return InstallLayout(root=root, torch=root / "torch")


def content(root: Path, model: Model = MODEL) -> dict[str, bytes]:
    """Return the model's files in their final place."""
    folder = root / model.folder
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def half_written(root: Path) -> list[str]:
    """Return the files in a models folder besides the model's files, the inventory and the lock."""
    known = {root / NAME / path for path in TRUTH}
    known |= {root / "model_inventory.json", root / ".pull" / "lock"}
    return [str(path) for path in root.rglob("*") if path.is_file() and path not in known]


def described(name: str, files: dict[str, bytes], *, sized: bool = True) -> Model:
    """Return a model that the inventory lists file by file, without digests."""
    return Model(
        kind="speech",
        name=name,
        origin="hub",
        folder=name,
        repository=name,
        files=tuple(
            ModelFile(path=path, size_bytes=len(data) if sized else None)
            for path, data in files.items()
        ),
    )
