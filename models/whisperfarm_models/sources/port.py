"""The port that every source of models fills."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from whisperfarm_models.inventory import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A file as a source has it: where, and what the source says of it.

    `tag` changes when the content does; a part of the one is never continued with the other.
    `git_sha1` is the name that git gives the content.
    """

    where: str
    tag: str
    size_bytes: int | None = None
    sha256: str | None = None
    git_sha1: str | None = None


class SourceBroke(Exception):
    """The source stopped in the middle, or was busy: worth another try."""


class Source(Protocol):
    """A source of models. Safe to use from several threads."""

    @property
    def name(self) -> str:
        """What messages call it."""

    def offers(self, model: Model) -> tuple[Model, Mapping[str, Offer]]:
        """The model, its revision pinned where the source knows it, and the files it has of it.

        No file at all: it has not this model. Raises `ModelRefused` for a name that leads out of
        the model's folder, and `SourceFailed`.
        """

    def archive(self, model: Model) -> Offer | None:
        """The archive that holds the model, where the source has it as one."""

    def read(self, offer: Offer, *, start: int) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes from `start`. Raises `SourceBroke`, `SourceFailed` and `ModelMissing`."""

    def close(self) -> None:
        """Let go of connections."""
