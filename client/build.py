"""Builds `dist/whisper-remote`: the client and the contract in one executable file.

The file is a zip archive with a `#!` line, which Python 3.11 and newer run without installation.
The sources are not compressed, which would slow down every start. The bytecode beside them is for
the Python that builds; other versions ignore it. The build is reproducible: the same sources and
the same Python give the same bytes.
"""

import py_compile
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (ROOT / "client" / "whisperfarm_client", ROOT / "contract" / "whisperfarm_contract")
TARGET = ROOT / "dist" / "whisper-remote"
SHEBANG = b"#!/usr/bin/env python3\n"
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def build(where: Path | str = TARGET) -> Path:
    """Write the file atomically and return its path."""
    target = Path(where)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.unfinished")
    with unfinished.open("wb") as file:
        file.write(SHEBANG)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name, content in sorted(_entries()):
                archive.writestr(_entry(name), content)
    unfinished.chmod(0o755)
    return unfinished.replace(target)


def _entries() -> Iterator[tuple[str, bytes]]:
    start = PACKAGES[0] / "__main__.py"
    yield "__main__.py", start.read_bytes()
    for package in PACKAGES:
        for path in package.rglob("*.py"):
            name = path.relative_to(package.parent).as_posix()
            yield name, path.read_bytes()
            yield f"{name}c", _compiled(path, name)


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


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


if __name__ == "__main__":
    built = build()
    print(f"{built} ({built.stat().st_size // 1024} KiB, Python {sys.version.split()[0]})")
