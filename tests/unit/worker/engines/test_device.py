"""On which device the models run."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_worker.engines import device
from whisperfarm_worker.engines.device import Device, choose_device, cores


def _choose(wanted: str, *, gpus: int = 0, **given: object) -> Device:
    return choose_device(wanted, gpus=lambda: [None] * gpus, **given)  # type: ignore[arg-type]


def test_auto_device_without_gpus_is_the_cpu() -> None:
    found = _choose("auto")
    assert (found.torch_name, found.compute_type, found.batch_size) == ("cpu", "int8", 8)
    assert found.threads >= 1


@pytest.mark.parametrize(
    ("own", "concurrency", "streams", "threads"), [(2, 4, 2, 1), (16, 4, 4, 4), (8, 1, 1, 8)]
)
def test_streams_share_the_cores(
    monkeypatch: pytest.MonkeyPatch, own: int, concurrency: int, streams: int, threads: int
) -> None:
    monkeypatch.setattr(device, "cores", lambda: own)
    found = _choose("cpu", concurrency=concurrency)
    assert (found.streams, found.threads) == (streams, threads)


@pytest.mark.parametrize(
    ("limit", "share"), [("200000 100000", 2), ("150000 100000", 1), ("50000 100000", 1)]
)
def test_cores_follow_the_cgroup_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, share: int
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)))
    (tmp_path / "cpu.max").write_text(limit + "\n")
    assert cores(tmp_path) == share


@pytest.mark.parametrize("limit", ["max 100000", ""])
def test_cores_without_limit_are_all_cores(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(16)))
    (tmp_path / "cpu.max").write_text(limit)
    assert cores(tmp_path) == cores(tmp_path / "nowhere") == 16


def test_auto_device_prefers_a_gpu() -> None:
    found = _choose("auto", gpus=2)
    assert (found.torch_name, found.compute_type, found.batch_size) == ("cuda:0", "float16", 16)


@pytest.mark.parametrize(
    ("gib", "batch_size"), [(79.2, 24), (39.4, 24), (23.6, 16), (15.8, 12), (11.6, 12), (7.9, 8)]
)
def test_batch_size_follows_the_memory_of_the_gpu(gib: float, batch_size: int) -> None:
    memories = [1 << 30, int(gib * (1 << 30))]
    assert choose_device("cuda:1", gpus=lambda: memories).batch_size == batch_size


def test_device_setting_names_a_gpu() -> None:
    assert _choose("cuda:1", gpus=2).torch_name == "cuda:1"


def test_missing_gpu_is_rejected() -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_DEVICE: cuda:2"):
        _choose("cuda:2", gpus=2)


def test_cuda_without_gpus_is_rejected() -> None:
    with pytest.raises(InvalidSettings, match="set it to cpu"):
        _choose("cuda")


def test_explicit_device_settings_are_used() -> None:
    found = _choose("cpu", compute_type="float32", batch_size=3, threads=5)
    assert (found.compute_type, found.batch_size, found.threads) == ("float32", 3, 5)
