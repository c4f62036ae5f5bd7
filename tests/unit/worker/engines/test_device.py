"""Where the models run."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_worker.engines import device
from whisperfarm_worker.engines.device import Device, choose, cores


def _choose(wanted: str, *, gpus: int = 0, **given: object) -> Device:
    return choose(wanted, gpus=lambda: gpus, **given)  # type: ignore[arg-type]


def test_without_a_gpu_the_cpu_is_taken() -> None:
    found = _choose("auto")
    assert (found.torch_name, found.compute_type, found.batch_size) == ("cpu", "int8", 8)
    assert found.threads >= 1


@pytest.mark.parametrize(
    ("own", "concurrency", "lanes", "threads"), [(2, 4, 2, 1), (16, 4, 4, 4), (8, 1, 1, 8)]
)
def test_the_cores_are_shared_by_the_calls_that_run_at_once(
    monkeypatch: pytest.MonkeyPatch, own: int, concurrency: int, lanes: int, threads: int
) -> None:
    monkeypatch.setattr(device, "cores", lambda: own)
    found = _choose("cpu", concurrency=concurrency)
    assert (found.lanes, found.threads) == (lanes, threads)


@pytest.mark.parametrize(
    ("limit", "share"), [("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1)]
)
def test_a_containers_share_of_cpu_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, share: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)))
    (tmp_path / "cpu.max").write_text(limit + "\n")
    assert cores(tmp_path) == share


@pytest.mark.parametrize("limit", ["max 100000", ""])
def test_without_a_limit_all_cores_count(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)))
    (tmp_path / "cpu.max").write_text(limit)
    assert cores(tmp_path) == cores(tmp_path / "nowhere") == 16


def test_a_gpu_is_taken_where_there_is_one() -> None:
    found = _choose("auto", gpus=2)
    assert (found.torch_name, found.compute_type, found.batch_size) == ("cuda:0", "float16", 16)


def test_a_gpu_can_be_named() -> None:
    assert _choose("cuda:1", gpus=2).torch_name == "cuda:1"


def test_a_gpu_that_is_not_there_is_wrong() -> None:
    with pytest.raises(SettingsWrong, match="WHISPERFARM_DEVICE: cuda:2"):
        _choose("cuda:2", gpus=2)


def test_a_gpu_on_a_machine_without_one_is_wrong() -> None:
    with pytest.raises(SettingsWrong, match="set it to cpu"):
        _choose("cuda")


def test_what_is_set_is_taken() -> None:
    found = _choose("cpu", compute_type="float32", batch_size=3, threads=5)
    assert (found.compute_type, found.batch_size, found.threads) == ("float32", 3, 5)
