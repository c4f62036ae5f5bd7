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

from whisperfarm_contract.problems import ModelIntegrityError
from whisperfarm_models.inventory import Model
from whisperfarm_models.sources.safe_names import validate_path

OnMember = Callable[[str, BinaryIO, int, str | None], None]
"""Called with a listed file's path, content, size in bytes, and the SHA-256 in its name, if any."""

_MAX_UNPACKED_BYTES = 16 * 2**30
"""Largest unpacked archive; the largest model has a fifth of it."""
_MAX_READ_BYTES = 2**22
"""Largest header. Headers are read at once, and genuine ones are much smaller."""
_MAX_MEMBERS = 10_000
_SHA256_DIGITS = 64
_BLOB = re.compile(r"(\.\./)*blobs/([0-9a-f]{40}|[0-9a-f]{64})")


def from_tar(path: Path, model: Model, on_member: OnMember) -> set[str]:
    """Call `on_member` for each listed file in a `.tar.gz`. Returns the paths found.

    The archive may hold a folder of the hub's cache, whose files are links to `blobs/<digest>`. All
    names are checked before `on_member` is called. Raises `ModelIntegrityError`.
    """
    with _translate_errors(path):
        members_by_name = _index_members(path, model)
        found: set[str] = set()
        for member, content in _members(path):
            for listed in members_by_name.get(member.name, ()):
                if member.size > _max_bytes(model, listed):
                    raise ModelIntegrityError(f"{path.name}: {member.name} has {member.size} bytes")
                found.add(listed)
                name = PurePosixPath(member.name).name
                sha256 = name if len(name) == _SHA256_DIGITS else None
                on_member(listed, content(), member.size, sha256)
        return found


def from_zip(path: Path, model: Model, on_member: OnMember) -> set[str]:
    """Call `on_member` for each listed file in a `.zip`. Returns the paths found."""
    folder = PurePosixPath(model.folder).parts[-2:]  # paths in the archive start with its name
    with _translate_errors(path), zipfile.ZipFile(path) as archive:
        found: set[str] = set()
        for file in model.files:
            name = "/".join((*folder, file.path))
            try:
                member = archive.getinfo(name)
            except KeyError:
                continue
            with archive.open(member) as content:
                found.add(file.path)
                on_member(file.path, content, member.file_size, None)  # type: ignore[arg-type]
        return found


@dataclass(frozen=True, slots=True)
class _MemberNames:
    """Names found in a first pass: plain files, and links of the hub's cache."""

    files: dict[str, str]
    links: dict[str, str]


def _index_members(path: Path, model: Model) -> Mapping[str, list[str]]:
    """Return the members to read, each with the listed files that it holds."""
    names = _MemberNames({}, {})
    for count, (member, _) in enumerate(_members(path)):
        if count > _MAX_MEMBERS:
            raise ModelIntegrityError(
                f"{path.name}: the archive has more than {_MAX_MEMBERS} members"
            )
        _classify(path, member, names)
    members_by_name: dict[str, list[str]] = {}
    for file in model.files:
        for member_name in _matching(path, names, file.path):
            members_by_name.setdefault(member_name, []).append(file.path)
    return members_by_name


def _classify(path: Path, member: tarfile.TarInfo, names: _MemberNames) -> None:
    name = (
        validate_path(member.name.removeprefix("./"), source=path.name)
        if member.name != "."
        else "."
    )
    if member.isdir():
        return
    if member.issym() and _BLOB.fullmatch(member.linkname):
        root = name.partition("snapshots/")[0]
        names.links[name] = f"{root}blobs/{PurePosixPath(member.linkname).name}"
        return
    if not member.isreg() or member.issparse():
        raise ModelIntegrityError(
            f"{path.name}: {member.name} is {_kind(member)}, not a plain file"
        )
    if member.name in names.files.values():
        raise ModelIntegrityError(f"{path.name}: the archive has {member.name} twice")
    names.files[name] = member.name


def _matching(path: Path, names: _MemberNames, file: str) -> list[str]:
    """Return the member whose path ends with the listed file's, directly or through a link."""
    direct = [real for name, real in names.files.items() if _ends_with(name, file)]
    via_links = [blob for name, blob in names.links.items() if _ends_with(name, file)]
    found = [*direct, *(names.files[blob] for blob in via_links if blob in names.files)]
    if len(set(found)) > 1:
        raise ModelIntegrityError(
            f"{path.name}: several members match {file}: {', '.join(sorted(found))}"
        )
    return found[:1]


def _ends_with(name: str, file: str) -> bool:
    return name == file or name.endswith(f"/{file}")


def _max_bytes(model: Model, listed: str) -> int:
    sizes = {file.path: file.size_bytes for file in model.files}
    return sizes[listed] or _MAX_UNPACKED_BYTES


def _kind(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"a link to {member.linkname!r}"
    return "a sparse file" if member.issparse() else "a special file"


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, Callable[[], BinaryIO]]]:
    """Yield each member with its content, in order. Names are not checked here."""
    with gzip.open(path) as plain, _tar(stream := _BoundedStream(plain, path)) as archive:
        while (member := archive.next()) is not None:
            yield member, lambda member=member: archive.extractfile(member)  # type: ignore[misc]
            archive.members = []  # type: ignore[attr-defined]  # or it keeps all members in memory
        while stream.read(_MAX_READ_BYTES):  # gzip checks its checksum at the end
            pass


def _tar(stream: "_BoundedStream") -> tarfile.TarFile:
    return tarfile.TarFile(fileobj=stream)  # type: ignore[arg-type]


class _BoundedStream:
    """Stream with a limit on its unpacked size, because a small archive may unpack to any size."""

    def __init__(self, stream: gzip.GzipFile, path: Path) -> None:
        self._stream = stream
        self._path = path

    def read(self, count: int) -> bytes:
        if not 0 <= count <= _MAX_READ_BYTES:
            raise ModelIntegrityError(f"{self._path.name}: a header of {count} bytes")
        return self._check_total(self._stream.read(count))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Seek forward. The bytes in between are unpacked, so they count against the limit."""
        if offset > _MAX_UNPACKED_BYTES:
            raise ModelIntegrityError(
                f"{self._path.name} unpacks to more than {_MAX_UNPACKED_BYTES} bytes"
            )
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def _check_total(self, data: bytes) -> bytes:
        if self._stream.tell() > _MAX_UNPACKED_BYTES:
            raise ModelIntegrityError(
                f"{self._path.name} unpacks to more than {_MAX_UNPACKED_BYTES} bytes"
            )
        return data


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Raise the errors of a broken archive as `ModelIntegrityError`."""
    archive_errors = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, gzip.BadGzipFile)
    try:
        yield
    except archive_errors as error:
        raise ModelIntegrityError(f"{path.name} is not a valid archive: {error}") from error
