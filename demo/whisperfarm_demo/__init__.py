"""The demo models: small enough for the package, accurate within their closed vocabulary."""

from pathlib import Path


def models_dir() -> Path:
    """Return the folder of the models, which are named `demo/asr`, `demo/align-en` ..."""
    return Path(__file__).parent / "models"


def samples_dir() -> Path:
    """Return the folder of the sample calls, in the installed package or in a checkout."""
    installed = Path(__file__).parent / "samples"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "samples"
