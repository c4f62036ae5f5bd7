"""The command `whisper-remote`."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from signal import Signals

from whisperfarm_client import errors, flags, settings
from whisperfarm_client.errors import Interrupted
from whisperfarm_client.signals import raise_on_signals
from whisperfarm_contract.problems import Problem


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command and return its exit code; print each failure as one line on stderr."""
    started = time.monotonic()
    raise_on_signals()
    try:
        arguments = flags.parse(sys.argv[1:] if argv is None else argv)
        return _run(settings.read(arguments, environ), started)
    except Problem as problem:
        return _print_error(problem)
    except Interrupted as interrupted:
        print(f"whisper-remote: stopped: {Signals(interrupted.number).name}", file=sys.stderr)
        return 128 + interrupted.number
    except Exception as error:
        return _print_error(errors.unexpected(error))


def _run(chosen_settings: settings.Settings, started: float) -> int:
    from whisperfarm_client.run import run  # imports http.client, which `--help` does not need

    return run(chosen_settings, started=started)


def _print_error(problem: Problem) -> int:
    print(errors.format_problem(problem), file=sys.stderr)
    return problem.exit_code
