"""A Celery worker that prints the id of each job that it receives: `echo_worker.py DATA_DIR`.

A job called `wait` waits until the data folder has a file called `go`.
"""

import os
import sys
import time
from pathlib import Path

from whisperfarm_contract import identifiers
from whisperfarm_store.broker import celery_app
from whisperfarm_store.settings import StoreSettings

settings = StoreSettings(data_dir=Path(sys.argv[1]))
app = celery_app(settings)


@app.task(name=identifiers.CELERY_TASK)
def echo(job_id: str) -> None:
    """Print the job's id."""
    # One write per line, so that the lines of several workers do not mix.
    os.write(sys.stdout.fileno(), f"got {job_id}\n".encode())
    while job_id == "wait" and not (settings.data_dir / "go").exists():
        time.sleep(0.01)


if __name__ == "__main__":
    app.worker_main(["worker", "-P", "threads", "-c", "2", "--without-mingle", "--without-gossip"])
