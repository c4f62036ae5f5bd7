"""`python -m tests.chaos [REPORT] [KILLS]`: the long run; writes its report to that file."""

import sys
from pathlib import Path

from tests.chaos.long_run import run

_KILLS = 520

if __name__ == "__main__":
    target, kills = (*sys.argv[1:], *["", ""][len(sys.argv) - 1 :])
    report_file = Path(target or "build/chaos.md")
    report_file.parent.mkdir(exist_ok=True)
    is_clean = run(
        kills=int(kills or _KILLS),
        write_line=lambda line: print(line, flush=True),
        save_report=lambda report: report_file.write_text(report, encoding="utf-8"),
    )
    print(f"the report is in {report_file}")
    sys.exit(0 if is_clean else 1)
