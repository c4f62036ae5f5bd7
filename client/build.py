"""Builds `dist/whisper-remote`: the client, and what it imports of the contract, in one file.

The file is a zip archive with a `#!` line, which Python 3.11 and newer run without installation.
The bytecode is for the Python that builds; it is not compressed, which would slow down every start.
Other versions ignore it and run the sources beside it, which are compressed. The build is
reproducible: the same sources and the same Python give the same bytes.
"""

import py_compile
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from modulefinder import ModuleFinder
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (ROOT / "client", ROOT / "contract")
CLIENT = FOLDERS[0] / "whisperfarm_client"
TARGET = ROOT / "dist" / "whisper-remote"
SHEBANG = b"#!/usr/bin/env python3\n"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Entry(NamedTuple):
    """A file of the archive."""

    name: str
    content: bytes
    is_compressed: bool = False


def build(where: Path | str = TARGET) -> Path:
    """Write the file atomically and return its path."""
    target = Path(where)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for entry in sorted(_entries()):
                archive.writestr(_info(entry), entry.content)
    unfinished.chmod(0o755)
    return unfinished.replace(target)


def _entries() -> Iterator[Entry]:
    yield Entry("__main__.py", (CLIENT / "__main__.py").read_bytes())
    for name, path in _modules():
        yield Entry(name, path.read_bytes(), is_compressed=True)
        yield Entry(f"{name}c", _compiled(path, name))


def _modules() -> Iterator[tuple[str, Path]]:
    """Yield name and path of each module that the client imports, now or later in a run."""
    finder = ModuleFinder([str(folder) for folder in FOLDERS])
    finder.run_script(str(CLIENT / "__main__.py"))
    for name, module in finder.modules.items():
        file = getattr(module, "__file__", None)
        if name != "__main__" and file is not None:
            path = Path(file)
            folder = next(folder for folder in FOLDERS if path.is_relative_to(folder))
            yield path.relative_to(folder).as_posix(), path
    yield "whisperfarm_client/__main__.py", CLIENT / "__main__.py"


def _compiled(path: Path, name: str) -> bytes:
    """Return bytecode that Python never checks against the source: the archive fixes both."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "compiled"
        py_compile.compile(
            str(path),
            cfile=str(compiled),
            dfile=name,
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        return compiled.read_bytes()


def _info(entry: Entry) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.name, LONG_AGO)
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    info.compress_type = zipfile.ZIP_DEFLATED if entry.is_compressed else zipfile.ZIP_STORED
    return info


if __name__ == "__main__":
    built = build()
    print(f"{built} ({built.stat().st_size // 1024} KiB, Python {sys.version.split()[0]})")
