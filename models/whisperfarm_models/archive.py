"""Reads models from archives, which are not trusted: members are streamed and never extracted.

Only a member's content is used, under a name from the inventory. An archive is rejected if it has a
name that leads out of it, a device, or a link other than those of the hub's cache.
"""

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from whisperfarm_contract.problems import ModelRefused
from whisperfarm_models.inventory import Model
from whisperfarm_models.sources.safe_names import safe

Take = Callable[[str, BinaryIO, int, str | None], None]
"""Called with a listed file's path, content, size in bytes, and the SHA-256 in its name, if any."""

_MOST_BYTES = 16 * 2**30
"""Largest unpacked archive; the largest model has a fifth of it."""
_LONGEST_READ_BYTES = 2**22
"""Largest header. Headers are read at once, and genuine ones are much smaller."""
_MOST_MEMBERS = 10_000
_BLOB = re.compile(r"(\.\./)*blobs/([0-9a-f]{40}|[0-9a-f]{64})")


def from_tar(path: Path, model: Model, take: Take) -> set[str]:
    """Call `take` for each listed file in a `.tar.gz`. Returns the paths found.

    The archive may hold a folder of the hub's cache, whose files are links to `blobs/<digest>`. All
    names are checked before `take` is called. Raises `ModelRefused`.
    """
    with _refused(path):
        wanted = _wanted(path, model)
        found: set[str] = set()
        for member, content in _members(path):
            for listed in wanted.get(member.name, ()):
                if member.size > _limit(model, listed):
                    raise ModelRefused(f"{path.name}: {member.name} has {member.size} bytes")
                found.add(listed)
                name = PurePosixPath(member.name).name
                claimed = name if len(name) == _SHA256_DIGITS else None
                take(listed, content(), member.size, claimed)
        return found


def from_zip(path: Path, model: Model, take: Take) -> set[str]:
    """Call `take` for each listed file in a `.zip`. Returns the paths found."""
    folder = PurePosixPath(model.folder).parts[-2:]  # paths in the archive start with its name
    with _refused(path), zipfile.ZipFile(path) as archive:
        found: set[str] = set()
        for file in model.files:
            name = "/".join((*folder, file.path))
            try:
                member = archive.getinfo(name)
            except KeyError:
                continue
            with archive.open(member) as content:
                found.add(file.path)
                take(file.path, content, member.file_size, None)  # type: ignore[arg-type]
        return found


_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class _Names:
    """Names found in a first pass: plain files, and links of the hub's cache."""

    plain: dict[str, str]
    linked: dict[str, str]


def _wanted(path: Path, model: Model) -> Mapping[str, list[str]]:
    """Return the members to read, each with the listed files that it holds."""
    names = _Names({}, {})
    for count, (member, _) in enumerate(_members(path)):
        if count > _MOST_MEMBERS:
            raise ModelRefused(f"{path.name}: the archive has more than {_MOST_MEMBERS} members")
        _sort(path, member, names)
    wanted: dict[str, list[str]] = {}
    for file in model.files:
        for member_name in _matching(path, names, file.path):
            wanted.setdefault(member_name, []).append(file.path)
    return wanted


def _sort(path: Path, member: tarfile.TarInfo, names: _Names) -> None:
    name = safe(member.name.removeprefix("./"), source=path.name) if member.name != "." else "."
    if member.isdir():
        return
    if member.issym() and _BLOB.fullmatch(member.linkname):
        root = name.partition("snapshots/")[0]
        names.linked[name] = f"{root}blobs/{PurePosixPath(member.linkname).name}"
        return
    if not member.isreg() or member.issparse():
        raise ModelRefused(f"{path.name}: {member.name} is {_kind(member)}, not a plain file")
    if member.name in names.plain.values():
        raise ModelRefused(f"{path.name}: the archive has {member.name} twice")
    names.plain[name] = member.name


def _matching(path: Path, names: _Names, file: str) -> list[str]:
    """Return the member whose path ends with the listed file's, directly or through a link."""
    direct = [real for name, real in names.plain.items() if _ends(name, file)]
    through = [blob for name, blob in names.linked.items() if _ends(name, file)]
    found = [*direct, *(names.plain[blob] for blob in through if blob in names.plain)]
    if len(set(found)) > 1:
        raise ModelRefused(f"{path.name}: several members match {file}: {', '.join(sorted(found))}")
    return found[:1]


def _ends(name: str, file: str) -> bool:
    return name == file or name.endswith(f"/{file}")


def _limit(model: Model, listed: str) -> int:
    sizes = {file.path: file.size_bytes for file in model.files}
    return sizes[listed] or _MOST_BYTES


def _kind(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"a link to {member.linkname!r}"
    return "a sparse file" if member.issparse() else "a special file"


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, Callable[[], BinaryIO]]]:
    """Yield each member with its content, in order. Names are not checked here."""
    with gzip.open(path) as plain, _tar(bounded := _Bounded(plain, path)) as archive:
        while (member := archive.next()) is not None:
            yield member, lambda member=member: archive.extractfile(member)  # type: ignore[misc]
            archive.members = []  # type: ignore[attr-defined]  # or it keeps all members in memory
        while bounded.read(_LONGEST_READ_BYTES):  # gzip checks its checksum at the end
            pass


def _tar(stream: "_Bounded") -> tarfile.TarFile:
    return tarfile.TarFile(fileobj=stream)  # type: ignore[arg-type]


class _Bounded:
    """Stream with a limit on its unpacked size, because a small archive may unpack to any size."""

    def __init__(self, stream: gzip.GzipFile, path: Path) -> None:
        self._stream = stream
        self._path = path

    def read(self, count: int) -> bytes:
        if not 0 <= count <= _LONGEST_READ_BYTES:
            raise ModelRefused(f"{self._path.name}: a header of {count} bytes")
        return self._checked(self._stream.read(count))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek forward. The bytes in between are unpacked, so they count against the limit."""
        if offset > _MOST_BYTES:
            raise ModelRefused(f"{self._path.name} unpacks to more than {_MOST_BYTES} bytes")
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def _checked(self, data: bytes) -> bytes:
        if self._stream.tell() > _MOST_BYTES:
            raise ModelRefused(f"{self._path.name} unpacks to more than {_MOST_BYTES} bytes")
        return data


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Raise the errors of a broken archive as `ModelRefused`."""
    broken = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile)
    try:
        yield
    except broken as error:
        raise ModelRefused(f"{path.name} is not a valid archive: {error}") from error
