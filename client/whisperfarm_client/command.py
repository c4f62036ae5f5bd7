"""The command `whisper-remote`."""

import os
import sys
import time
from collections.abc import Mapping, Sequence
from signal import Signals

from whisperfarm_client import errors, flags, settings, terminal
from whisperfarm_client.errors import Interrupted
from whisperfarm_client.signals import raise_on_signals
from whisperfarm_contract.problems import Problem


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command and return its exit code; print each failure as one line on stderr."""
    started = time.monotonic()
    terminal.open_streams()
    raise_on_signals()
    try:
        arguments = flags.parse(sys.argv[1:] if argv is None else argv)
        return _run(settings.read(arguments, environ), started)
    except Problem as problem:
        return _print_error(problem)
    except Interrupted as interrupted:
        terminal.print_error(f"whisper-remote: stopped: {Signals(interrupted.number).name}")
        return 128 + interrupted.number
    except Exception as error:
        return _print_error(errors.unexpected(error))
    finally:
        terminal.flush_streams()


def _run(chosen_settings: settings.Settings, started: float) -> int:
    # `--help` does not need HTTP.
    from whisperfarm_client.http_import import import_http_client

    import_http_client()
    from whisperfarm_client.run import run

    return run(chosen_settings, started=started)


def _print_error(problem: Problem) -> int:
    terminal.print_error(errors.format_problem(problem))
    return problem.exit_code
