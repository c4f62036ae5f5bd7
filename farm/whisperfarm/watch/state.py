"""What a watcher has finished, in small files beside the output.

Files instead of a database: each is replaced as a whole, so that several watchers on several
machines may share a network folder, and a kill leaves none half written.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Literal, NamedTuple

from whisperfarm.watch.scan import Version
from whisperfarm_client import output
from whisperfarm_client.errors import OutputNotWritable

FOLDER = ".whisperfarm-watch"
ABANDONED_S = 24 * 3600.0
End = Literal["done", "failed"]


class Finished(NamedTuple):
    """How a version of a file ended."""

    version: Version
    end: End


class State:
    """The state below an output folder."""

    def __init__(self, output_dir: Path) -> None:
        self._output_dir = output_dir
        self._folder = output_dir / FOLDER
        self._partial = self._folder / "partial"

    def create(self) -> None:
        """Create the folder of the state. Raises `OutputNotWritable`."""
        output.make_folder(str(self._partial))
        self._delete_abandoned()

    def write(self, path: Path, content: bytes) -> None:
        """Write a file below the output folder atomically. Raises `OutputNotWritable`.

        What a kill leaves of it is in the folder of the state, and never among the outputs.
        """
        output.make_folder(str(path.parent))
        output.write(str(path), content, partial_dir=str(self._partial))

    def is_available(self) -> bool:
        """Whether the folder is there: not so if the output is a network folder that is gone."""
        return self._folder.is_dir()

    def finished(self, path: str) -> Finished | None:
        """Return how the last finished version of the file ended."""
        try:
            record = json.loads(self._path("files", path).read_bytes())
            return Finished(Version(record["size_bytes"], record["mtime_ns"]), record["end"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def finish(self, path: str, finished: Finished, *, job_id: str | None) -> None:
        """Record how a version of the file ended. Raises `OutputNotWritable`."""
        record = {
            "path": path,
            "size_bytes": finished.version.size_bytes,
            "mtime_ns": finished.version.mtime_ns,
            "end": finished.end,
            "job": job_id,
        }
        self._check_available()
        self.write(self._path("files", path), json.dumps(record).encode())

    def output_name(self, path: str) -> Path:
        """Return the path of the file's outputs without their extension.

        It is that of the recording without its extension, or with it if another recording has
        taken the name: `call.mp3` and `call.wav` become `call` and `call.wav`. Raises
        `OutputNotWritable` or `OSError`.
        """
        self._check_available()
        short = str(PurePath(path).with_suffix(""))
        return self._output_dir / (short if self._owner(short, path) == path else path)

    def _delete_abandoned(self) -> None:
        """Delete what killed watchers left, but not what another one may be writing."""
        for path in self._partial.iterdir():
            with suppress(FileNotFoundError):  # another watcher was faster
                if time.time() - path.stat().st_mtime > ABANDONED_S:
                    path.unlink()

    def _check_available(self) -> None:
        """Raise `OutputNotWritable` if the folder is gone: nothing is written to a mount point."""
        if not self.is_available():
            raise OutputNotWritable(f"the folder {self._folder} is gone")

    def _owner(self, name: str, path: str) -> str:
        """Return the recording that has taken the name, which is `path` if there was none."""
        claim = self._path("names", name)
        output.make_folder(str(claim.parent))
        with suppress(FileExistsError), claim.open("xb") as file:
            file.write(os.fsencode(path))
        owner = os.fsdecode(claim.read_bytes())
        if not owner:  # its watcher was killed before it wrote
            self.write(claim, os.fsencode(path))
        return owner or path

    def _path(self, kind: str, name: str) -> Path:
        # Many file systems do not keep names apart that differ in case only.
        key = name.casefold() if kind == "names" else name
        digest = hashlib.sha256(os.fsencode(key)).hexdigest()
        return self._folder / kind / digest[:2] / digest[2:]
