"""`whisperfarm siprec`: checks the settings of a SIPREC server that uses the farm."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from dotenv import dotenv_values

from whisperfarm.doctor.finding import Finding
from whisperfarm.doctor.report import print_findings
from whisperfarm.permissions import PermittedGroup
from whisperfarm.siprec import checks
from whisperfarm.siprec.settings import SiprecSettings, read
from whisperfarm.siprec.trial import trial


@click.group(cls=PermittedGroup)
def siprec() -> None:
    """Check the connection of a SIPREC server."""


@siprec.command()
@click.option(
    "--env-file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="SIPREC's file of variables, such as /etc/siprec/.env.",
)  # fmt: skip
def check(env_file: Path | None) -> None:
    """Check SIPREC's settings for its provider `whisper` from end to end.

    Run it on SIPREC's machine as SIPREC's user. It reads the variables WHISPER_..., WHISPERFARM_...
    and RECORDING_DIR from the environment or from a file, runs the command as SIPREC does with some
    seconds of speech, and reads its output as SIPREC does. Each line is ok, a note, or BAD with
    what to do. The exit code is 1 if a finding keeps SIPREC from getting transcripts.
    """
    if env_file is not None:  # for the command as well, which inherits SIPREC's environment
        values = dotenv_values(env_file, interpolate=False)
        os.environ.update({name: value for name, value in values.items() if value is not None})
    sys.exit(0 if print_findings(_findings(read(os.environ))) else 1)


def _findings(settings: SiprecSettings) -> Iterator[Finding]:
    yield checks.command(settings)
    yield checks.timeout(settings, os.environ)
    yield checks.rate(settings)
    yield checks.recordings(settings)
    yield checks.farm(settings)
    yield trial(settings)
