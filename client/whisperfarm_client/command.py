"""The command `whisper-remote`."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from signal import Signals

from whisperfarm_client import errors, flags, settings
from whisperfarm_client.errors import Stopped
from whisperfarm_client.signals import raise_on_signals
from whisperfarm_contract.problems import Problem


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command and return its exit code; print each failure as one line on stderr."""
    started = time.monotonic()
    raise_on_signals()
    try:
        given = flags.parse(sys.argv[1:] if argv is None else argv)
        return _run(settings.read(given, environ), started)
    except Problem as problem:
        return _tell(problem)
    except Stopped as stopped:
        print(f"whisper-remote: stopped: {Signals(stopped.number).name}", file=sys.stderr)
        return 128 + stopped.number
    except Exception as error:
        return _tell(errors.unforeseen(error))


def _run(chosen: settings.Settings, started: float) -> int:
    from whisperfarm_client.run import run  # imports http.client, which `--help` does not need

    return run(chosen, started=started)


def _tell(problem: Problem) -> int:
    print(errors.line(problem), file=sys.stderr)
    return problem.exit_code
