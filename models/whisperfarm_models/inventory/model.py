"""A model and its files."""

from dataclasses import dataclass, replace

_TIMED_ARCHITECTURES = frozenset({"nemo-conformer-tdt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file of a model: its path below the model's folder, and its size and digest if known.

    `instead_of` names a file that this one replaces if it is missing. `optional` files may be
    missing.
    """

    path: str
    size_bytes: int | None = None
    sha256: str | None = None
    optional: bool = False
    instead_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model: its origin and its files.

    `origin` is `hub`, `torch`, `nltk`, or `package` if an engine's package carries it. `folder` is
    the folder of its files below the models folder, and below a source with the same layout.
    `approximate_bytes` is its approximate size.

    A speech model also has a `family`, and what the library of the family needs to know:
    `architecture` and `quantization`. `languages` are all that it supports; empty means those that
    its own files name. `translates` is false if it cannot translate into English.
    """

    kind: str
    name: str
    origin: str
    folder: str
    files: tuple[ModelFile, ...]
    repository: str = ""
    revision: str = "main"
    licence: str = "see the repository"
    approximate_bytes: int | None = None
    archive: ModelFile | None = None
    family: str = ""
    architecture: str = ""
    quantization: str = ""
    languages: tuple[str, ...] = ()
    translates: bool = True

    @property
    def size_bytes(self) -> int | None:
        """Exact size of all files, or `None` if one is unknown."""
        sizes = [one.size_bytes for one in self.files if one.size_bytes is not None]
        return sum(sizes) if len(sizes) == len(self.files) else None

    @property
    def source(self) -> str:
        """Where the model comes from, in words for the operator."""
        if self.origin == "package":
            return f"the package {self.name}"
        return "torchaudio" if self.origin == "torch" else self.repository

    @property
    def times_words(self) -> bool:
        """Whether the words come with their times, so that no aligner is needed."""
        return self.architecture in _TIMED_ARCHITECTURES


def with_known_digests(file: ModelFile, *, size_bytes: int | None, sha256: str | None) -> ModelFile:
    """Return the file, with size and digest filled in if the table does not give them."""
    return replace(file, size_bytes=file.size_bytes or size_bytes, sha256=file.sha256 or sha256)
