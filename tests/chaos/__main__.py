"""`python -m tests.chaos [REPORT] [KILLS]`: the long form; the report goes to that file."""

import sys
from pathlib import Path

from tests.chaos.long import run

_KILLS = 520

if __name__ == "__main__":
    target, kills = (*sys.argv[1:], *["", ""][len(sys.argv) - 1 :])
    kept = Path(target or "build/chaos.md")
    kept.parent.mkdir(exist_ok=True)
    well = run(
        kills=int(kills or _KILLS),
        say=lambda line: print(line, flush=True),
        keep=lambda report: kept.write_text(report, encoding="utf-8"),
    )
    print(f"the report is in {kept}")
    sys.exit(0 if well else 1)
