"""Models that packages carry or NLTK publishes: voice activity and sentences."""

from whisperfarm_models.inventory.model import Model, ModelFile
from whisperfarm_models.inventory.rows import from_package
from whisperfarm_models.inventory_table import packaged
from whisperfarm_models.languages import PUNKT_LANGUAGES

_PUNKT = ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt")


def voice_activity(detector: str) -> Model:
    """Return a voice activity model, which the package of an engine carries."""
    return from_package("voice activity", detector, packaged()["voice_activity"][detector])


def sentences(language: str) -> Model:
    """Return the model that splits a language's text into sentences; by default the English one."""
    row = packaged()["sentences"]["punkt_tab"]
    name = PUNKT_LANGUAGES.get(language, "english")
    [path, size_bytes, sha256] = row["archive"]
    return Model(
        kind="sentences",
        name=f"punkt-{name}",
        origin="nltk",
        folder=f"nltk/tokenizers/punkt_tab/{name}",
        files=tuple(ModelFile(path=file) for file in _PUNKT),
        repository="nltk/nltk_data",
        revision=row["revision"],
        licence=row["licence"],
        archive=ModelFile(path=path, size_bytes=size_bytes, sha256=sha256),
    )
