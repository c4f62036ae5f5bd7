"""`whisperfarm`: the table of its commands."""

import sys

import click

from whisperfarm.commands.demo import demo
from whisperfarm.commands.doctor import doctor
from whisperfarm.commands.flower import flower
from whisperfarm.commands.migrate import migrate
from whisperfarm.commands.models import models
from whisperfarm.commands.quarantine import quarantine
from whisperfarm.commands.run import dispatcher, worker
from whisperfarm.commands.settings import settings
from whisperfarm.commands.up import up
from whisperfarm.commands.workers import drain, workers
from whisperfarm.legacy_env import adopt
from whisperfarm_contract.problems import Problem
from whisperfarm_worker.process.environment import disable_telemetry


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="whisperfarm")
def cli() -> None:
    """A farm that turns recordings of speech into transcripts.

    `whisperfarm up` runs everything on this machine, with nothing to set up. `whisperfarm
    dispatcher` and `whisperfarm worker` run the two parts alone. Settings come from flags and from
    WHISPERFARM_... in the environment; docs/reference/settings.md lists them all.
    """


for command in (
    up, dispatcher, worker, workers, drain, quarantine, migrate, flower, models, doctor, settings,
    demo,
):  # fmt: skip
    cli.add_command(command)


def main() -> None:
    """Run the command; a problem ends it with one line and its exit code."""
    disable_telemetry()
    adopt()
    try:
        cli()
    except Problem as problem:
        click.echo(f"whisperfarm: {problem.name}: {problem.detail}", err=True)
        sys.exit(problem.exit_code)
