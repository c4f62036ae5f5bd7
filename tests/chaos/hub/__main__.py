"""`python -m tests.chaos.hub [JOBS] [KILLS]`: the long run of an edge and its hub."""

import sys

from tests.chaos.hub.run import run
from tests.chaos.long_run import temporary_folder
from tests.chaos.process_spawner import process_spawner

_JOBS, _KILLS = 300, 30

if __name__ == "__main__":
    jobs, kills = (*map(int, sys.argv[1:]), *[_JOBS, _KILLS][len(sys.argv) - 1 :])
    with process_spawner() as spawner, temporary_folder() as folder:
        verdict = run(spawner, folder, jobs=jobs, kills=kills, jobs_per_s=2.0)
    for name in verdict.__slots__:
        print(f"{name}: {getattr(verdict, name)}")
    print(f"kills: {verdict.kills}")
    sys.exit(0 if verdict.is_clean else 1)
