"""Plans which files to pull or check."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from whisperfarm_contract.problems import MissingModel
from whisperfarm_models import lockfile
from whisperfarm_models.digests import sha256_of
from whisperfarm_models.download import agreed_size
from whisperfarm_models.folder_layout import InstallLayout
from whisperfarm_models.inventory import Model, ModelFile
from whisperfarm_models.lockfile import LockedFile, ModelLock
from whisperfarm_models.pull.planned_file import PlannedFile
from whisperfarm_models.sources.port import Source
from whisperfarm_models.sources.selection import select_files


def plan(models: Sequence[Model], source: Source, layout: InstallLayout) -> list[PlannedFile]:
    """Return the files to pull or check. Raises before any download if the source lacks one."""
    local = lockfile.read(layout.root)
    planned_files: dict[Path, PlannedFile] = {}
    for model in models:
        for planned in _plan_model(model, source, layout, local):
            planned_files.setdefault(layout.target(planned.model, planned.file), planned)
    return list(planned_files.values())


def _plan_model(
    model: Model, source: Source, layout: InstallLayout, local: ModelLock
) -> Iterator[PlannedFile]:
    revised, remote_files = source.list_files(model)
    if remote_files:
        for file, remote_file in select_files(revised, remote_files, source=source.name):
            agreed_size(remote_file, file)
            yield PlannedFile(revised, file, remote_file)
        return
    archive = source.archive(model)
    if archive is None:
        raise MissingModel(
            f"{source.name} does not have the {model.kind} model {model.name}; check its name, or"
            " pull from another source (WHISPERFARM_MODELS_FROM)"
        )
    if not _is_complete(model, layout, local):
        file = model.archive or ModelFile(path=archive.where.rpartition("/")[2])
        yield PlannedFile(model, file, archive, is_archive=True)


def _is_complete(model: Model, layout: InstallLayout, local: ModelLock) -> bool:
    """Whether the files of the model's archive are installed as they were pinned."""
    files = local.of(model).files
    return bool(files) and all(
        _matches(layout.folder(model) / path, file) for path, file in files.items()
    )


def _matches(path: Path, file: LockedFile) -> bool:
    return (
        path.is_file() and path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256
    )
