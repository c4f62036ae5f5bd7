"""Which container engine the scripts choose, with fakes of all of them on the PATH."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.docker_files import DOCKER
from tests.support.project import VERSION
from tests.unit.docker.engine import engine

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Return a folder of programs, with those that the scripts need."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name in (
        "sh",
        "dirname",
        "sed",
        "git",
        "date",
        "grep",
        "printenv",
        "cat",
        "sha256sum",
        "ls",
    ):
        (folder / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    return folder


def put(programs: Path, name: str, *, answers: bool) -> None:
    program = programs / name
    info = 0 if answers else 1
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = info ]; then exit {info}; fi\necho "{name} ran $1"\n'
    )
    program.chmod(0o755)


def chosen(programs: Path, **environment: str) -> Ended:
    line = f'. {DOCKER}/engine.sh; choose_engine docker podman && echo "$engine"'
    return run(programs, "sh", "-c", line, **environment)


def run(programs: Path, *command: str, **environment: str) -> Ended:
    return subprocess.run(
        [str(programs / command[0]), *command[1:]],
        env={"PATH": str(programs), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_first_responding_engine_is_used(programs: Path) -> None:
    put(programs, "podman", answers=True)
    assert chosen(programs).stdout == "podman\n"
    put(programs, "docker", answers=True)
    assert chosen(programs).stdout == "docker\n"


def test_client_without_engine_is_skipped_and_named(programs: Path) -> None:
    put(programs, "docker", answers=False)
    put(programs, "podman", answers=True)
    ended = chosen(programs)
    assert ended.stdout == "podman\n"
    assert "no engine responds to docker; using podman" in ended.stderr


def test_unresponsive_engines_give_a_hint(programs: Path) -> None:
    put(programs, "docker", answers=False)
    ended = chosen(programs)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "no engine responds to docker" in ended.stderr
    assert "docker info" in ended.stderr
    assert "systemctl start docker" in ended.stderr
    put(programs, "podman", answers=False)
    assert "no engine responds to docker or podman" in chosen(programs).stderr


def test_missing_engines_give_a_hint(programs: Path) -> None:
    ended = chosen(programs)
    assert ended.returncode == 1
    assert "install one of docker podman" in ended.stderr


def test_named_engine_is_used_unchecked(programs: Path) -> None:
    put(programs, "docker", answers=True)
    put(programs, "podman", answers=False)
    assert chosen(programs, ENGINE="podman").stdout == "podman\n"
    missing = chosen(programs, ENGINE="nerdctl")
    assert missing.returncode == 1
    assert "ENGINE: nerdctl is not installed" in missing.stderr


def test_build_uses_the_responding_engine(programs: Path) -> None:
    put(programs, "docker", answers=False)
    put(programs, "buildah", answers=True)
    ended = run(programs, "sh", str(DOCKER / "build.sh"), "dispatcher")
    assert ended.returncode == 0, ended.stderr
    assert f"building whisperfarm-dispatcher:{VERSION} with buildah" in ended.stdout
    assert "buildah ran build" in ended.stdout


@pytest.mark.parametrize(
    ("script", "arguments"), [("build.sh", ["edge"]), ("airgap/bundle.sh", ["bundle", "edge"])]
)
def test_script_stops_without_an_engine(
    programs: Path, tmp_path: Path, script: str, arguments: list[str]
) -> None:
    put(programs, "docker", answers=False)
    arguments = [argument.replace("bundle", str(tmp_path / "bundle")) for argument in arguments]
    ended = run(programs, "sh", str(DOCKER / script), *arguments)
    assert ended.returncode == 1
    assert "no engine responds to docker" in ended.stderr
    assert "docker ran" not in ended.stdout
    assert not (tmp_path / "bundle").exists()


def test_load_stops_without_an_engine(tmp_path: Path) -> None:
    here = engine(tmp_path / "here")
    for image in (f"whisperfarm-dispatcher:{VERSION}", f"whisperfarm-worker:{VERSION}-edge"):
        here.put(image)
    bundle, environment = tmp_path / "bundle", here.environment(ONLINE="yes")
    subprocess.run(
        ["sh", str(DOCKER / "airgap" / "bundle.sh"), str(bundle), "edge"],
        env=environment,
        capture_output=True,
        check=True,
    )
    silent = {**environment, "SILENT": "yes", "PATH": f"{here.bin}:{_plain(tmp_path)}"}
    ended = subprocess.run(
        ["sh", str(bundle / "load.sh")], env=silent, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "no engine responds to docker" in ended.stderr
    assert "checking" not in ended.stdout
    assert here.calls("load") == []


def _plain(folder: Path) -> Path:
    """Return the PATH of a machine with ordinary commands and no engine."""
    (plain := folder / "plain").mkdir()
    for name in ("sh", "dirname", "cut", "grep", "sha256sum"):
        (plain / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    return plain
