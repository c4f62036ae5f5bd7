"""A file to pull."""

from dataclasses import dataclass

from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.sources.port import RemoteFile


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to pull, or an archive of the whole model."""

    model: Model
    file: ModelFile
    remote_file: RemoteFile
    is_archive: bool = False
