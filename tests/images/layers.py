"""Reads the layers of an image: their sizes and files."""

import json
import subprocess
from pathlib import Path

from tests.images.container import inspected, podman

_MB = 1_000_000


def table(image: str) -> str:
    """Return a table with the size of the image and of each layer that is not empty."""
    document = json.loads(podman("history", "--no-trunc", "--format", "json", image).stdout)
    rows = [
        f"  {layer['size'] / _MB:9.1f} MB  {' '.join(layer['CreatedBy'].split())[:90]}"
        for layer in document
        if layer["size"] >= _MB
    ]
    size_mb = inspected(image)["Size"] / _MB
    return "\n".join([f"{image}: {size_mb:.0f} MB", *rows])


def history(image: str) -> str:
    """Return the history and the configuration of an image as text."""
    made = podman("history", "--no-trunc", "--format", "json", image).stdout
    return made + json.dumps(inspected(image))


def files_with(text: str, image: str) -> list[str]:
    """Return all files with the text, including those that a later layer hides."""
    folders = _folders(image)
    assert folders, "the storage driver keeps no layers as folders"
    command = ["grep", "-rlaF", "--devices=skip", "--", text, *map(str, folders)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout.splitlines()


def depth(path: str, image: str) -> int:
    """Return how many layers are above the one that adds `path`."""
    return next(at for at, folder in enumerate(_folders(image)) if list(folder.glob(path)))


def _folders(image: str) -> list[Path]:
    """Yield one folder per layer, newest first."""
    data = inspected(image)["GraphDriver"]["Data"]
    places = [data["UpperDir"], *data.get("LowerDir", "").split(":")]
    return [path for path in map(Path, places) if path.is_dir()]
