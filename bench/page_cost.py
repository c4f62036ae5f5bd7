"""`make bench-page-cost`: the start and the memory of a dispatcher with the page and without it.

Processes with and without start in turns. Those without have empty modules in place of the page's,
so that nothing of it is imported. With the name of a document, replaces the table in it.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from types import ModuleType

from fastapi import APIRouter

from bench.document import machine, write
from bench.figure import Figure, markdown

ROUNDS = 10
MODULES = ("routes", "batches", "overview", "sign_in", "oidc")
UNITS = {"cpu": "s", "resident": "MB", "unique": "MB"}
NAMES = {"cpu": "CPU until ready", "resident": "memory, RSS", "unique": "memory of its own, USS"}


def main() -> None:
    """Measure, print the figures, and write them into the given documents."""
    starts = [{name: _start(name) for name in ("with", "without")} for _ in range(ROUNDS)]
    figures = [
        Figure(
            what=f"{NAMES[what]}, median of {ROUNDS}", unit=unit, baseline="without the page",
            value=median(one["with"][what] for one in starts),
            baseline_value=median(one["without"][what] for one in starts),
        )
        for what, unit in UNITS.items()
    ]  # fmt: skip
    report = f"{machine()}\n\n{markdown(figures)}"
    print(report)
    for document in sys.argv[1:]:
        write(Path(document), report)


def _start(name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.page_cost", name]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    seen: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return seen


def _measure(*, has_page: bool) -> dict[str, float]:
    """Start a dispatcher in this process until it answers, and return what that took."""
    if not has_page:
        for name in ("", *(f".{one}" for one in MODULES)):
            empty = ModuleType(f"whisperfarm_dispatcher.page{name}")
            empty.__dict__.update(router=APIRouter(), __path__=[])
            sys.modules[empty.__name__] = empty
            if name:
                setattr(sys.modules["whisperfarm_dispatcher.page"], name[1:], empty)
    from bench.page_ledger import empty as without_jobs
    from bench.page_ledger import served

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.sqlite"
        with without_jobs(url, Path(folder)) as deps, served(deps):
            cpu_s = time.process_time()
            fields = dict(
                line.split()[:2]
                for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]
            )
    unique = sum(int(fields[name]) for name in ("Private_Clean:", "Private_Dirty:"))
    return {"cpu": cpu_s, "resident": int(fields["Rss:"]) / 1024, "unique": unique / 1024}


if __name__ == "__main__":
    if sys.argv[1:] in (["with"], ["without"]):
        print(json.dumps(_measure(has_page=sys.argv[1] == "with")))
    else:
        main()
