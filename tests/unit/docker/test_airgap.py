"""A bundle is made on one machine and loaded on another; both have a fake engine."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.docker_files import DOCKER
from tests.support.project import ROOT, VERSION
from tests.unit.docker.engine import Engine, engine

WORKERS = ("cpu", "gpu", "edge")
OURS = (f"whisperfarm-dispatcher:{VERSION}", f"whisperfarm-worker:{VERSION}-cpu")

pytestmark = pytest.mark.skipif(
    shutil.which("sha256sum") is None, reason="sha256sum (coreutils) is not there"
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The machine with internet, with our images."""
    made = engine(tmp_path_factory.mktemp("here"))
    for image in OURS:
        made.put(image)
    return made


@pytest.fixture
def there(tmp_path: Path) -> Engine:
    """The machine without internet."""
    return engine(tmp_path / "there")


@pytest.fixture(scope="module")
def made(here: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "bundle"
    ended = make(folder, here)
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture
def bundle(made: Path, tmp_path: Path) -> Path:
    """Copy the bundle, so that a test can damage it."""
    return shutil.copytree(made, tmp_path / "bundle")


def run(command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def make(out: Path, on: Engine, kind: str = "cpu", **more: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DOCKER / "airgap" / "bundle.sh"), str(out), kind]
    return run(command, on.environment(ONLINE="yes", **more))


def load(
    bundle: Path, on: Engine, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    return run(["sh", str(bundle / "load.sh"), *arguments], on.environment(**more))


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def an_archive(bundle: Path) -> Path:
    return next(path for path in sorted((bundle / "images").iterdir()) if "worker" in path.name)


def test_bundle_contains_every_image(bundle: Path, here: Engine, there: Engine) -> None:
    ended = load(bundle, there)
    assert ended.returncode == 0, ended.stderr
    assert there.images() == here.images()
    assert "loading 1 of 7" in ended.stdout


def test_bundle_lists_its_contents(bundle: Path) -> None:
    inventory = (bundle / "inventory.txt").read_text()
    assert all(image in inventory for image in OURS)
    assert "whisperfarm.torch 1.2.3" in inventory
    files = {str(path.relative_to(bundle)) for path in bundle.rglob("*") if path.is_file()}
    assert {"compose.yaml", "compose.airgap.yaml", "compose.profile.yaml", ".env.example"} < files
    assert {"load.sh", "engine.sh"} < files
    listed = {line.split("  ./")[1] for line in (bundle / "SHA256SUMS").read_text().splitlines()}
    assert listed == files - {"SHA256SUMS"}


def test_image_inspection_leaves_no_container(made: Path, here: Engine) -> None:
    looks = here.calls("create")
    assert looks
    assert here.calls("rm") == ["rm -v container"] * len(looks)


@pytest.mark.parametrize("kind", WORKERS)
def test_bundle_has_the_chosen_worker_image(tmp_path: Path, kind: str) -> None:
    farm = engine(tmp_path / "here")
    for image in (OURS[0], *(f"whisperfarm-worker:{VERSION}-{one}" for one in WORKERS)):
        farm.put(image)
    ended = make(tmp_path / "bundle", farm, kind)
    assert ended.returncode == 0, ended.stderr
    workers = [path.stem for path in (tmp_path / "bundle" / "images").glob("*worker*")]
    assert workers == [f"whisperfarm-worker_{VERSION}-{kind}"]
    example = (tmp_path / "bundle" / ".env.example").read_text().splitlines()
    assert [line for line in example if "COMPOSE_PROFILES=" in line] == [f"COMPOSE_PROFILES={kind}"]
    presets = "WHISPERFARM_PRESETS=demo-words" if kind == "edge" else "# WHISPERFARM_PRESETS=demo"
    assert presets in example


def test_unknown_worker_image_is_rejected(tmp_path: Path, here: Engine) -> None:
    ended = make(tmp_path / "bundle", here, "tpu")
    assert ended.returncode == 1
    assert "unknown kind of worker tpu; use cpu, gpu or edge" in ended.stderr


@pytest.mark.parametrize("where", ["images", "compose"])
def test_corrupted_bundle_is_not_loaded(bundle: Path, there: Engine, where: str) -> None:
    changed = an_archive(bundle) if where == "images" else bundle / "compose.yaml"
    flip_a_bit(changed)
    ended = load(bundle, there)
    assert ended.returncode == 1
    assert f"changed   ./{changed.relative_to(bundle)}" in ended.stderr
    assert "nothing was loaded" in ended.stderr
    assert there.images() == set()
    assert there.calls("load") == []


def test_incomplete_bundle_is_not_loaded(bundle: Path, there: Engine) -> None:
    (missing := an_archive(bundle)).unlink()
    ended = load(bundle, there)
    assert ended.returncode == 1
    assert f"missing   ./images/{missing.name}" in ended.stderr
    assert there.calls("load") == []


def test_bundle_with_an_unlisted_archive_is_not_loaded(bundle: Path, there: Engine) -> None:
    (bundle / "images" / "stowaway.tar").write_text("stowaway:1.0")
    ended = load(bundle, there)
    assert ended.returncode == 1
    assert "unlisted  ./images/stowaway.tar" in ended.stderr
    assert there.calls("load") == []


@pytest.mark.parametrize("how", ["missing", "changed"])
def test_load_rejects_a_missing_or_changed_engine_script(
    bundle: Path, there: Engine, how: str
) -> None:
    (script := bundle / "engine.sh").unlink()
    if how == "changed":
        script.write_text("choose_engine() { touch ran; engine=docker; }\n")
    ended = load(bundle, there)
    assert ended.returncode == 1
    assert "engine.sh is missing or changed" in ended.stderr
    assert not (bundle / "ran").exists()
    assert there.calls("load") == []


def test_recomputed_checksums_are_rejected(bundle: Path, there: Engine) -> None:
    sums = bundle / "SHA256SUMS"
    digest = run(["sha256sum", str(sums)], {"PATH": "/usr/bin:/bin"}).stdout.split()[0]
    assert load(bundle, there, digest).returncode == 0
    flip_a_bit(an_archive(bundle))
    anew = "find . -type f ! -name SHA256SUMS -exec sha256sum {} + > /tmp/$$; mv /tmp/$$ SHA256SUMS"
    subprocess.run(["sh", "-c", anew], cwd=bundle, check=True)
    ended = load(bundle, there, digest)
    assert ended.returncode == 1
    assert "SHA256SUMS has the SHA-256" in ended.stderr


def test_image_names_of_another_engine_are_normalized(bundle: Path, there: Engine) -> None:
    ended = load(bundle, there, PREFIX="localhost/")
    assert ended.returncode == 0, ended.stderr
    assert f"whisperfarm-dispatcher_{VERSION}" in there.images()


def test_missing_image_is_named(tmp_path: Path) -> None:
    ended = make(tmp_path / "bundle", engine(tmp_path / "bare"))
    assert ended.returncode == 1
    assert f"{OURS[0]} is missing; build it first" in ended.stderr


def test_nonempty_target_folder_is_rejected(tmp_path: Path, here: Engine) -> None:
    (tmp_path / "old.txt").write_text("old")
    ended = make(tmp_path, here)
    assert ended.returncode == 1
    assert "is not empty" in ended.stderr


def test_bundle_includes_models_and_their_inventory(
    tmp_path: Path, here: Engine, there: Engine
) -> None:
    models = tmp_path / "models"
    (models / "tiny").mkdir(parents=True)
    (models / "tiny" / "model.bin").write_bytes(b"weights")
    refused = make(tmp_path / "refused", here, MODELS=str(models))
    assert "no model_inventory.json" in refused.stderr
    (models / "model_inventory.json").write_text("{}")
    assert make(tmp_path / "whole", here, MODELS=str(models)).returncode == 0
    flip_a_bit(tmp_path / "whole" / "models" / "tiny" / "model.bin")
    assert "changed   ./models/tiny/model.bin" in load(tmp_path / "whole", there).stderr


def test_scripts_pass_shellcheck_rules() -> None:
    shellcheck = shutil.which("shellcheck") or str(ROOT / ".venv" / "bin" / "shellcheck")
    scripts = map(str, DOCKER.rglob("*.sh"))
    ended = run([shellcheck, "-x", *scripts], {"PATH": "/usr/bin:/bin"})
    assert ended.returncode == 0, ended.stdout
