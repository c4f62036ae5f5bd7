"""The demo models: small enough to ship, right within their closed vocabulary."""

from pathlib import Path


def models_dir() -> Path:
    """The folder that models are looked for in by name: `demo/asr`, `demo/align-en` ..."""
    return Path(__file__).parent / "models"


def samples_dir() -> Path:
    """The folder of sample calls: in the package when installed, beside it in a checkout."""
    installed = Path(__file__).parent / "samples"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "samples"
