"""The client as one file."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.project import ROOT
from whisperfarm_client import VERSION
from whisperfarm_contract import formats


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build(tmp_path_factory.mktemp("dist") / "whisper-remote")


def _build(target: Path) -> Path:
    """Build the client in its own process, as `make client` does."""
    script = "import runpy, sys; runpy.run_path(sys.argv[1])['build'](sys.argv[2])"
    builder = ROOT / "client" / "build.py"
    subprocess.run([sys.executable, "-c", script, builder, target], check=True)
    return target


def _run(built: Path, *argv: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the client as a program, with a minimal environment and its own folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [built, *argv],
        env={"PATH": path, **environ},
        cwd=built.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_zipapp_answers_the_probe_of_a_recording_server(built: Path) -> None:
    probe = _run(built, "--version", WHISPERFARM_URL="http://nowhere.invalid")
    assert (probe.returncode, probe.stdout) == (0, f"whisper-remote {VERSION}\n")


def test_zipapp_transcribes(built: Path, farm: Any, wav: Path, out: Path) -> None:
    done = _run(built, wav, "-o", out, WHISPERFARM_URL=farm.url)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (out / "call.txt").read_text() == "Good morning.\n"


def test_zipapp_needs_no_other_package(built: Path, farm: Any, wav: Path, out: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", built, wav, "-o", out, "--url", farm.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_build_is_reproducible(built: Path, tmp_path: Path) -> None:
    assert _build(tmp_path / "again").read_bytes() == built.read_bytes()


def test_zipapp_has_client_and_contract_only(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert tops == {"__main__.py", "whisperfarm_client", "whisperfarm_contract"}


def test_zipapp_has_every_module_of_the_client(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        packed = set(archive.namelist())
    client = ROOT / "client"
    modules = {path.relative_to(client).as_posix() for path in client.rglob("whisperfarm_*/*.py")}
    assert modules <= packed
    assert {f"{name}c" for name in modules} <= packed


def test_zipapp_lacks_what_the_client_never_imports(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        packed = {Path(name).stem for name in archive.namelist()}
    assert {"transcript", "cues", "problems", "printable"} <= packed
    assert not {"signing", "examples", "job_wire", "attempt_decision"} & packed


@pytest.mark.parametrize("name", [*formats.FORMATS, "all"])
def test_zipapp_writes_every_format(
    built: Path, farm: Any, wav: Path, out: Path, name: str
) -> None:
    flags = ("-f", name, "--max_line_width", "20", "--verbose", "True")
    done = _run(built, wav, "-o", out, *flags, WHISPERFARM_URL=farm.url)
    assert (done.returncode, done.stderr) == (0, "")


def test_zipapp_runs_from_its_sources(built: Path, farm: Any, wav: Path, out: Path) -> None:
    """As under another version of Python, which ignores the bytecode."""
    sources = built.with_name("sources-only")
    with zipfile.ZipFile(built) as archive, zipfile.ZipFile(sources, "w") as target:
        for info in archive.infolist():
            if info.filename.endswith(".py"):
                target.writestr(info, archive.read(info))
    command = [sys.executable, sources, wav, "-o", out, "--url", farm.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_zipapp_reports_an_old_python(built: Path) -> None:
    with zipfile.ZipFile(built) as archive:
        source = archive.read("__main__.py").decode()
    compile(source, "__main__.py", "exec")
    code = source.replace("sys.version_info <", "(3, 6) <")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 78
    assert done.stderr.startswith("whisper-remote: invalid-settings: Python ")
    assert "use 3.11 or newer" in done.stderr
