"""`make test-edge`: install whisperfarm[edge] into a fresh environment, and transcribe with it.

The packages come from the package index, so `make test` does not run it.
"""

import json
import subprocess
import sys
import tempfile
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.request import urlopen

from packaging.requirements import Requirement

from bench.farm import environment
from tests.servers.ports import free_ports
from tests.support.project import ROOT
from tests.support.recordings import SUPPORT_CALL as CALL

NOT_THERE = ("torch", "whisperx", "pyannote.audio", "transformers", "lightning")
WITHIN_S = 120.0
_MEBIBYTE = 2**20


def main() -> None:
    """Install, inspect, serve, compare."""
    with tempfile.TemporaryDirectory(prefix="whisperfarm-edge-") as folder:
        venv = Path(folder) / "venv"
        _say("installing whisperfarm[edge]")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        python = str(venv / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "-q", f"{ROOT}[edge]"], check=True)
        _no_torch(python)
        _serves(venv / "bin", Path(folder) / "data")
        _sizes(python)


def _no_torch(python: str) -> None:
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json"], capture_output=True, text=True, check=True
    )
    names = {one["name"].lower() for one in json.loads(listed.stdout)}
    there = names & set(NOT_THERE) | {name for name in names if name.startswith("nvidia")}
    assert not there, f"whisperfarm[edge] brings {', '.join(sorted(there))}"
    _say(f"{len(names)} packages, none of them torch")


def _serves(programs: Path, data: Path) -> None:
    """Check that a farm with the demo models transcribes the sample call correctly."""
    [port] = free_ports(1)
    received = environment(WHISPERFARM_DATA_DIR=str(data), WHISPERFARM_PRESETS="demo-words")
    url, began = f"http://127.0.0.1:{port}", time.monotonic()
    command = [str(programs / "whisperfarm"), "up", "--port", str(port)]
    with subprocess.Popen(command, env=received) as farm:
        try:
            _ready(url, farm)
            _say(f"a farm is ready after {time.monotonic() - began:.1f} s")
            heard = subprocess.run(
                [
                    str(programs / "whisper-remote"), str(CALL),
                    *("--output_format", "json", "--output_dir", str(data)),
                ],
                env=environment(WHISPERFARM_URL=url), check=True,
            )  # fmt: skip
            assert heard.returncode == 0
        finally:
            farm.terminate()
    text = json.loads((data / "support-call.json").read_text())["text"].strip()
    truth = json.loads(CALL.with_suffix(".json").read_text())["text"]
    assert " ".join(text.split()) == truth, text
    _say("the sample call came out word for word")


def _ready(url: str, farm: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        assert farm.poll() is None, "the farm ended"
        try:
            with urlopen(f"{url}/readyz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the farm was not ready within {WITHIN_S:g} s")


def _sizes(python: str) -> None:
    """Print the disk space of edge, and of the full farm if this environment has it."""
    edge = subprocess.run([python, "-c", _OF_INSTALLED], capture_output=True, text=True, check=True)
    edge_bytes, full_bytes = int(edge.stdout), sum(map(_bytes, closure("whisperfarm", "farm")))
    share = edge_bytes / full_bytes
    print(
        f"edge {edge_bytes / _MEBIBYTE:.0f} MiB, full {full_bytes / _MEBIBYTE:.0f} MiB:"
        f" {share:.1%} of it"
    )


_OF_INSTALLED = """
from importlib.metadata import distributions
print(sum(
    file.locate().stat().st_size
    for one in distributions() if one.name not in ("pip", "setuptools")
    for file in one.files or () if file.locate().is_file()
))
"""


def closure(name: str, *extras: str) -> set[str]:
    """Return an installed distribution with these extras and all distributions that it requires."""
    found: set[str] = set()
    waiting = [(name, frozenset(extras))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        try:
            requirements = distribution(one[0]).requires or []
        except PackageNotFoundError:
            continue
        found.add(distribution(one[0]).name)
        for requirement in map(Requirement, requirements):
            wanted = any(
                requirement.marker is None or requirement.marker.evaluate({"extra": extra})
                for extra in (*one[1], "")
            )
            if wanted:
                waiting.append((requirement.name, frozenset(requirement.extras)))
    return found


def _bytes(name: str) -> int:
    files = distribution(name).files or ()
    return sum(
        Path(str(file.locate())).stat().st_size
        for file in files
        if Path(str(file.locate())).is_file()
    )


def _say(what: str) -> None:
    print(f"== {what}", flush=True)


if __name__ == "__main__":
    main()
