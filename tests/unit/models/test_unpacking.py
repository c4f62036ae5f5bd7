"""Archives: valid ones are read; all others are rejected before anything is written."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.small_model import NAME, TRUTH, described, layout_of
from whisperfarm_contract.problems import MissingModel, ModelIntegrityError
from whisperfarm_models.unpacking import unpack

MODEL = described(NAME, TRUTH)
Members = list[tuple[tarfile.TarInfo, bytes]]


def _file(name: str, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    return member, data


def _special(name: str, kind: bytes, to: str = "") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, to
    return member, b""


def _good(folder: str = "whisper-calls/") -> Members:
    return [_file(f"{folder}{path}", data) for path, data in TRUTH.items()]


@pytest.fixture
def unpacked(tmp_path: Path) -> Callable[[Members], dict[str, bytes]]:
    """Return a function that unpacks an archive of these members; it returns the model's files."""

    def run(members: Members) -> dict[str, bytes]:
        archive = tmp_path / "in" / "archive.part"
        archive.parent.mkdir()
        with tarfile.open(archive, "w:gz", format=tarfile.PAX_FORMAT) as made:
            for member, data in members:
                made.addfile(member, io.BytesIO(data))
        try:
            unpack(archive, MODEL, layout_of(tmp_path / "models"), source="s3://b/a.tar.gz")
        finally:
            assert list(archive.parent.iterdir()) == []
            assert {path.name for path in tmp_path.iterdir()} <= {"in", "models"}
        folder = tmp_path / "models" / NAME
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    return run


Unpacked = Callable[[Members], dict[str, bytes]]


@pytest.mark.parametrize("folder", ["", "./", "whisper-calls/", "a/b/c/"])
def test_from_tar_finds_files_in_any_folder(unpacked: Unpacked, folder: str) -> None:
    assert unpacked(_good(folder)) == TRUTH


def test_from_tar_skips_unlisted_members(unpacked: Unpacked) -> None:
    extra = [_file("whisper-calls/setup.py", b"import os"), _special("x", tarfile.DIRTYPE)]
    assert unpacked([*extra, *_good()]) == TRUTH


def _hub_cache(blobs: dict[str, bytes]) -> Members:
    """Return the hub's cache folder as `tar` packs it: links to blobs named by their digests."""
    root = "models--acme--calls/"
    links = [
        _special(f"{root}snapshots/abc/{path}", tarfile.SYMTYPE, f"../../blobs/{_sha256(data)}")
        for path, data in TRUTH.items()
    ]
    return [*(_file(f"{root}blobs/{name}", data) for name, data in blobs.items()), *links]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_from_tar_reads_a_hub_cache(unpacked: Unpacked) -> None:
    assert unpacked(_hub_cache({_sha256(data): data for data in TRUTH.values()})) == TRUTH


def test_blob_with_another_digest_is_rejected(unpacked: Unpacked) -> None:
    blobs = {_sha256(data): data for data in TRUTH.values()}
    blobs[_sha256(TRUTH["model.bin"])] = TRUTH["model.bin"][:-1] + b"?"
    with pytest.raises(ModelIntegrityError, match=r"model\.bin"):
        unpacked(_hub_cache(blobs))


@pytest.mark.parametrize(
    ("member", "named"),
    [
        (_file("../escaped", b"x"), r"\.\./escaped"),
        (_file("a/../../escaped", b"x"), "escaped"),
        (_file("/etc/escaped", b"x"), "/etc/escaped"),
        (_special("whisper-calls/link", tarfile.SYMTYPE, "/etc/passwd"), "/etc/passwd"),
        (_special("whisper-calls/link", tarfile.SYMTYPE, "../../blobs/../x"), "link"),
        (_special("whisper-calls/hard", tarfile.LNKTYPE, "/etc/passwd"), "/etc/passwd"),
        (_special("whisper-calls/device", tarfile.CHRTYPE), "device"),
        (_special("whisper-calls/disk", tarfile.BLKTYPE), "disk"),
        (_special("whisper-calls/pipe", tarfile.FIFOTYPE), "pipe"),
        (_file("whisper-calls/model.bin", b"again"), "twice"),
        (_file("other/model.bin", b"another"), "several"),
        (_file("x" * 600, b"x"), "unsafe name"),
    ],
)
def test_hostile_member_is_rejected_by_name(
    unpacked: Unpacked, tmp_path: Path, member: tuple[tarfile.TarInfo, bytes], named: str
) -> None:
    with pytest.raises(ModelIntegrityError, match=named):
        unpacked([*_good(), member])
    assert not (tmp_path / "models").exists()


def test_huge_sparse_member_is_rejected(unpacked: Unpacked) -> None:
    member, _ = _file("whisper-calls/model.bin", b"")
    member.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "whisper-calls/model.bin",
        "GNU.sparse.realsize": str(2**40),
    }
    sparse_map = b"1\n0\n1\n".ljust(512, b"\0") + b"x".ljust(512, b"\0")
    member.size = len(sparse_map)
    with pytest.raises(ModelIntegrityError):
        unpacked([(member, sparse_map)])


def test_endless_header_is_rejected(unpacked: Unpacked) -> None:
    member, data = _file("whisper-calls/model.bin", TRUTH["model.bin"])
    member.pax_headers = {"comment": "x" * (5 * 2**20)}
    with pytest.raises(ModelIntegrityError, match="header"):
        unpacked([(member, data)])


def test_member_of_another_size_is_rejected(unpacked: Unpacked) -> None:
    members = [*_good()[:1], _file("whisper-calls/model.bin", b"short"), *_good()[2:]]
    with pytest.raises(ModelIntegrityError, match="instead of 300000"):
        unpacked(members)


def test_listed_file_missing_from_the_archive_is_named(unpacked: Unpacked) -> None:
    with pytest.raises(MissingModel, match=r"vocabulary\.txt"):
        unpacked(_good()[:-1])


@pytest.mark.parametrize("cut", [10, 5000])
def test_truncated_archive_is_rejected(tmp_path: Path, cut: int) -> None:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as made:
        for member, data in _good():
            made.addfile(member, io.BytesIO(data))
    archive = tmp_path / "archive.part"
    archive.write_bytes(whole.getvalue()[:-cut])
    with pytest.raises(ModelIntegrityError):
        unpack(archive, MODEL, layout_of(tmp_path / "models"), source="a.tar.gz")
    assert not (tmp_path / "models").exists()
    assert not archive.exists()


def test_file_that_is_not_an_archive_is_rejected(tmp_path: Path) -> None:
    archive = tmp_path / "archive.part"
    archive.write_bytes(gzip.compress(b"<html>sign in</html>" * 100))
    with pytest.raises((ModelIntegrityError, MissingModel)):
        unpack(archive, MODEL, layout_of(tmp_path / "models"), source="a.tar.gz")
