"""Network use of a process and its children, from a trace of their system calls."""

import re
import shutil
import subprocess
from ipaddress import ip_address
from pathlib import Path

import pytest

from tests.support.environment import environment
from whisperfarm_worker.process.environment import NO_TELEMETRY

_CALL = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg)\(")
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')
_PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
_DNS = "53"


def cut_off(trace: Path) -> list[str]:
    """Return a command that runs another one with loopback as its only network, and traces it.

    Skips the test if namespaces or strace are unavailable.
    """
    for program in ("unshare", "ip", "strace"):
        if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            pytest.skip(f"{program} is not installed: apt-get install util-linux iproute2 strace")
    # Each command replaces the previous one, so the started process is the namespace's process.
    alone = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    # With -D, the tracer is not the parent, so signals reach the traced process.
    traced = ["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-e", "trace=network", "-o", str(trace)]
    tried = subprocess.run([*alone, *traced, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"network namespaces and traces need root: {tried.stderr.strip()}")
    return [*alone, *traced]


def unprotected(cache: Path) -> dict[str, str]:
    """Return the environment of an operator's machine, with this folder for caches.

    It has no variable of a build service, and none that turns telemetry off. Matplotlib keeps its
    usual cache, which takes long to build.
    """
    kept = {name: value for name, value in environment().items() if name not in NO_TELEMETRY}
    fonts = {"MPLCONFIGDIR": str(Path.home() / ".cache" / "matplotlib")}
    return {**fonts, **kept, "XDG_CACHE_HOME": str(cache)}


def outward(trace: str) -> list[str]:
    """Return the lines of a trace that address another machine, or a name server anywhere."""
    return [line for line in trace.splitlines() if _CALL.search(line) and _leaves(line)]


def _leaves(line: str) -> bool:
    addresses = [ip_address(one or other) for one, other in _ADDRESS.findall(line)]
    return any(not one.is_loopback for one in addresses) or _DNS in _PORT.findall(line)
