"""The disk space of temporary files."""

import errno
import shutil
from pathlib import Path

import pytest

from whisperfarm_contract.problems import ScratchFull
from whisperfarm_worker.pipeline.scratch_space import DEFAULT_RESERVE_BYTES, ScratchSpace


def _disk(monkeypatch: pytest.MonkeyPatch, *, total: int, free: int) -> None:
    usage = shutil.disk_usage("/")._replace(total=total, free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)


@pytest.mark.parametrize(
    ("total", "reserve"), [(1000, 100), (1 << 40, DEFAULT_RESERVE_BYTES), (0, 0)]
)
def test_default_reserve_is_a_tenth_of_a_small_disk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, total: int, reserve: int
) -> None:
    space = ScratchSpace(folder=tmp_path)
    _disk(monkeypatch, total=total, free=reserve)
    space.check()
    _disk(monkeypatch, total=total, free=reserve - 1)
    with pytest.raises(ScratchFull, match=str(tmp_path)):
        space.check()


def test_need_is_added_to_the_reserve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    space = ScratchSpace(folder=tmp_path, reserve_bytes=10 << 20)
    _disk(monkeypatch, total=100 << 20, free=15 << 20)
    space.check(5 << 20)
    with pytest.raises(ScratchFull, match="needs 6 MiB"):
        space.check(6 << 20)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_is_reported_as_scratch_full(tmp_path: Path, code: int) -> None:
    with (
        pytest.raises(ScratchFull, match="no space left"),
        ScratchSpace(folder=tmp_path).writing(),
    ):
        raise OSError(code, "no room")


def test_other_errors_of_writing_pass(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), ScratchSpace(folder=tmp_path).writing():
        raise PermissionError
