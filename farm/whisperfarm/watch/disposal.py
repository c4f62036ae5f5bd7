"""What happens to a file that is done or failed."""

from pathlib import Path

from whisperfarm.watch.scan import Version, version
from whisperfarm.watch.settings import Disposal
from whisperfarm.watch.state import Finished


def dispose(intake: Path, path: str, finished: Finished, disposal: Disposal) -> None:
    """Leave, delete or move the file, unless it has changed since.

    It is moved into the folder `done` or `failed` of the intake folder, below which it keeps its
    path. Raises `OSError`.
    """
    source = intake / path
    if disposal == "leave" or version(source) != finished.version:
        return
    if disposal == "delete":
        source.unlink()
        return
    target = _free(intake / finished.end / path, finished.version)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)


def _free(target: Path, moved: Version) -> Path:
    """Return a name that no other recording has: an earlier one of the same name is kept."""
    if not target.exists():
        return target
    return target.with_name(f"{target.stem}.{moved.mtime_ns}{target.suffix}")
