"""The built wheel, installed into an empty environment outside the checkout."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.environment import environment
from tests.support.project import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", *build, str(ROOT)], check=True)
    [built] = folder.glob("whisperfarm-*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment with the wheel and this one's libraries; return its `bin` folder.

    A line in a `.pth` file adds the folder of those libraries, but not the `.pth` file of the
    checkout in it.
    """
    venv = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = str(venv / "bin" / "python")
    install = ("install", "--quiet", "--no-deps", "--no-index", str(wheel))
    subprocess.run([sys.executable, "-m", "pip", "--python", python, *install], check=True)
    [packages] = venv.glob("lib/python*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv / "bin"


def test_wheel_is_imported_from_its_environment(programs: Path, tmp_path: Path) -> None:
    code = "import whisperfarm_store, whisperfarm_demo; print(whisperfarm_store.__file__)"
    found = subprocess.run(
        [programs / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert Path(found.stdout.strip()).is_relative_to(programs.parent)


@pytest.mark.timeout(600)
def test_wheel_runs_the_demo(programs: Path, tmp_path: Path) -> None:
    demo = subprocess.run(
        [programs / "whisperfarm", "demo"],
        cwd=tmp_path,
        env={**environment(), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert demo.returncode == 0, demo.stderr
    assert "hello thank you for calling customer support how can i help you today" in demo.stdout
    assert "SPEAKER_01" in demo.stdout
