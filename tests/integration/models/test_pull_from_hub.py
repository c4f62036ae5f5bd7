"""Pulls from a stand-in for a hub over real HTTP."""

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.servers.model_hub import COMMIT, HubStub, serving
from tests.support.small_model import (
    MODEL,
    NAME,
    TRUTH,
    content,
    described,
    half_written,
    layout_of,
)
from whisperfarm_contract.problems import (
    MissingModel,
    ModelIntegrityError,
    ModelSourceError,
    StorageFull,
)
from whisperfarm_models.inventory import Model, ModelFile, aligner, sentences
from whisperfarm_models.lockfile import ModelLock
from whisperfarm_models.pull import pull
from whisperfarm_models.sources.hub import Addresses, HubSource
from whisperfarm_models.sources.retries import default_retry
from whisperfarm_models.sources.web import Web


def _pull(hub: HubStub, root: Path, *models: Model, token: str | None = None) -> ModelLock:
    retries = default_retry(max_retries=3, backoff_s=0)
    addresses = Addresses(hub=hub.url, torch=f"{hub.url}/torch", nltk=f"{hub.url}/nltk")
    source = HubSource(Web(hub.url, token=token, retries=retries), addresses)
    try:
        return pull(models or (MODEL,), source=source, layout=layout_of(root), retries=retries)
    finally:
        source.close()


def _files_asked(hub: HubStub) -> list[str]:
    return [path.rpartition("/")[2] for path, _ in hub.asked if "/resolve/" in path]


def test_hub_pull_pins_the_commit(hub: HubStub, tmp_path: Path) -> None:
    _pull(hub, tmp_path)
    assert content(tmp_path) == TRUTH
    assert half_written(tmp_path) == []
    document = json.loads((tmp_path / "model_inventory.json").read_text())
    assert document["diarization_enabled"] is False
    [model] = document["models"]
    assert (model["name"], model["revision"]) == (NAME, COMMIT)
    assert {file["path"] for file in model["files"]} == set(TRUTH)


def test_existing_files_are_not_pulled_again(hub: HubStub, tmp_path: Path) -> None:
    _pull(hub, tmp_path)
    hub.asked.clear()
    _pull(hub, tmp_path)
    assert _files_asked(hub) == []


def test_damaged_files_are_pulled_again(hub: HubStub, tmp_path: Path) -> None:
    _pull(hub, tmp_path)
    hub.asked.clear()
    (tmp_path / NAME / "model.bin").write_bytes(b"x" * 300_000)
    _pull(hub, tmp_path)
    assert _files_asked(hub) == ["model.bin"]
    assert content(tmp_path) == TRUTH


def test_broken_download_is_resumed(hub: HubStub, tmp_path: Path) -> None:
    hub.break_after["model.bin"] = 100_000
    _pull(hub, tmp_path)
    ranges = [wanted for path, wanted in hub.asked if path.endswith("model.bin")]
    assert ranges[0] is None
    assert int(str(ranges[1])[6:-1]) > 0
    assert content(tmp_path) == TRUTH


def test_busy_hub_is_retried(hub: HubStub, tmp_path: Path) -> None:
    hub.busy = 2
    _pull(hub, tmp_path)
    assert content(tmp_path) == TRUTH


def test_pull_fails_for_a_hub_that_stays_busy(hub: HubStub, tmp_path: Path) -> None:
    hub.busy = 10**6
    with pytest.raises(ModelSourceError):
        _pull(hub, tmp_path)


@pytest.mark.parametrize("path", ["model.bin", "config.json"])
def test_corrupted_file_is_rejected_by_name(hub: HubStub, tmp_path: Path, path: str) -> None:
    data = bytearray(TRUTH[path])
    data[len(data) // 2] ^= 1
    hub.served[path] = bytes(data)
    with pytest.raises(ModelIntegrityError, match=path):
        _pull(hub, tmp_path)
    assert path not in content(tmp_path)
    hub.served.clear()
    _pull(hub, tmp_path)
    assert content(tmp_path) == TRUTH
    assert half_written(tmp_path) == []


@pytest.mark.parametrize("change", [-5, 5])
def test_file_of_another_size_is_rejected_by_name(
    hub: HubStub, tmp_path: Path, change: int
) -> None:
    data = TRUTH["model.bin"]
    hub.served["model.bin"] = data[:change] if change < 0 else data + b"x" * change
    with pytest.raises(ModelIntegrityError, match=r"model\.bin (ends after|has more than)"):
        _pull(hub, tmp_path)
    assert "model.bin" not in content(tmp_path)


def test_size_mismatch_is_rejected_before_the_download(hub: HubStub, tmp_path: Path) -> None:
    other = replace(MODEL, files=(ModelFile(path="model.bin", size_bytes=7),))
    with pytest.raises(ModelIntegrityError, match="instead of 7"):
        _pull(hub, tmp_path, other)
    assert _files_asked(hub) == []


def test_digest_mismatch_is_rejected(hub: HubStub, tmp_path: Path) -> None:
    other = replace(MODEL, files=(ModelFile(path="model.bin", sha256="0" * 64),))
    with pytest.raises(ModelIntegrityError, match="SHA-256"):
        _pull(hub, tmp_path, other)
    assert half_written(tmp_path) == []


@pytest.mark.parametrize(
    "name", ["../escaped.bin", "a/../../escaped.bin", "/etc/escaped.bin", "a\\..\\escaped.bin"]
)
def test_path_traversal_is_rejected_by_name(hub: HubStub, tmp_path: Path, name: str) -> None:
    hub.repositories[NAME][name] = b"x"
    with pytest.raises(ModelIntegrityError, match=r"escaped\.bin"):
        _pull(hub, tmp_path / "models")
    assert _files_asked(hub) == []
    assert [path.name for path in tmp_path.iterdir()] == ["models"]


def test_model_without_a_file_is_missing_by_name(hub: HubStub, tmp_path: Path) -> None:
    del hub.repositories[NAME]["tokenizer.json"]
    with pytest.raises(MissingModel, match=r"tokenizer\.json"):
        _pull(hub, tmp_path)
    assert content(tmp_path) == {}


def test_missing_repository_is_named(hub: HubStub, tmp_path: Path) -> None:
    with pytest.raises(MissingModel, match="acme/nothing"):
        _pull(hub, tmp_path, described("acme/nothing", TRUTH))


def test_token_opens_a_gated_model(hub: HubStub, tmp_path: Path) -> None:
    hub.token = "hf_secret"
    with pytest.raises(ModelSourceError, match="HF_TOKEN") as caught:
        _pull(hub, tmp_path)
    assert "hf_secret" not in caught.value.detail
    _pull(hub, tmp_path, token="hf_secret")
    assert content(tmp_path) == TRUTH


def test_token_requires_https() -> None:
    with pytest.raises(ModelSourceError, match="https"):
        Web("http://hub.example", token="hf_secret")


def test_token_is_not_sent_to_other_servers(hub: HubStub, tmp_path: Path) -> None:
    """Torch's server is not the hub: it requires no token, and must not get one."""
    file = aligner("VOXPOPULI_ASR_BASE_10K_EN").files[0].path
    with serving(HubStub({}, loose={f"/{file}": b"weights"})) as torch:
        addresses = Addresses(hub=hub.url, torch=torch.url, nltk=torch.url)
        source = HubSource(Web(hub.url, token="hf_secret"), addresses)
        torch.token = "hf_secret"  # only a request with the token is answered
        with pytest.raises(ModelSourceError, match="401"):
            pull(
                [aligner("VOXPOPULI_ASR_BASE_10K_EN")],
                source=source,
                layout=layout_of(tmp_path),
            )
        torch.token = None
        pull([aligner("VOXPOPULI_ASR_BASE_10K_EN")], source=source, layout=layout_of(tmp_path))
        source.close()
    assert (tmp_path / "torch/hub/checkpoints" / file).read_bytes() == b"weights"


def test_concurrent_pulls_take_turns(hub: HubStub, tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def one() -> None:
        try:
            _pull(hub, tmp_path)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(_files_asked(hub)) == sorted(TRUTH)
    assert content(tmp_path) == TRUTH


def test_aliases_of_a_repository_are_pulled_together(hub: HubStub, tmp_path: Path) -> None:
    hub.slow_chunk_bytes = 512
    weights = (ModelFile(path="model.bin"),)
    twice = [replace(MODEL, name=name, folder=name, files=weights) for name in ("one", "two")]
    _pull(hub, tmp_path, *twice)
    for model in twice:
        assert content(tmp_path, model) == {"model.bin": TRUTH["model.bin"]}


def test_sentence_data_is_unpacked(hub: HubStub, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "punkt_tab" / "english"
    folder.mkdir(parents=True)
    for file in sentences("en").files:
        (folder / file.path).write_bytes(file.path.encode())
    (folder.parent / "russian").mkdir()
    packed = shutil.make_archive(str(tmp_path / "punkt_tab"), "zip", tmp_path / "made")
    model = replace(sentences("en"), archive=ModelFile(path="punkt_tab.zip"))
    path = f"/nltk/{model.revision}/packages/tokenizers/punkt_tab.zip"
    hub.loose[path] = Path(packed).read_bytes()
    for _ in range(2):
        _pull(hub, tmp_path / "models", model)
    assert content(tmp_path / "models", model) == {
        file.path: file.path.encode() for file in model.files
    }
    assert [path for path, _ in hub.asked].count(path) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_full_disk_is_reported_and_leaves_no_partial_file(hub: HubStub, small_disk: Path) -> None:
    model = aligner("VOXPOPULI_ASR_BASE_10K_EN")  # its size is not known before the download
    hub.loose[f"/torch/{model.files[0].path}"] = bytes(3 * 2**20)
    with pytest.raises(StorageFull, match=str(small_disk)):
        _pull(hub, small_disk, model)
    left = [path for path in small_disk.rglob("*") if path.is_file() and path.name != "lock"]
    assert left == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_pull_without_free_space_does_not_start(hub: HubStub, small_disk: Path) -> None:
    hub.repositories[NAME]["model.bin"] = bytes(3 * 2**20)
    with pytest.raises(StorageFull, match="free some space"):
        _pull(hub, small_disk)
    assert _files_asked(hub) == []
