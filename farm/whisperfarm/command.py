"""`whisperfarm`: the group of all commands."""

import sys

import click

from whisperfarm.commands.audit import audit
from whisperfarm.commands.backup import backup
from whisperfarm.commands.batch import batch
from whisperfarm.commands.custody import custody
from whisperfarm.commands.demo import demo
from whisperfarm.commands.doctor import doctor
from whisperfarm.commands.erasure import erase
from whisperfarm.commands.evaluate import evaluate
from whisperfarm.commands.flower import flower
from whisperfarm.commands.fsck import fsck
from whisperfarm.commands.holds import hold, release
from whisperfarm.commands.jobs import jobs
from whisperfarm.commands.keys import keys
from whisperfarm.commands.migrate import migrate
from whisperfarm.commands.models import models
from whisperfarm.commands.pause import pause, resume
from whisperfarm.commands.plan import plan
from whisperfarm.commands.presets import presets
from whisperfarm.commands.quarantine import quarantine
from whisperfarm.commands.rerun import rerun
from whisperfarm.commands.restore import restore
from whisperfarm.commands.revisions import approve, correct, revisions
from whisperfarm.commands.run import dispatcher, worker
from whisperfarm.commands.settings import settings
from whisperfarm.commands.siprec import siprec
from whisperfarm.commands.up import up
from whisperfarm.commands.usage import usage
from whisperfarm.commands.watch import watch
from whisperfarm.commands.workers import drain, workers
from whisperfarm.console import report_problem
from whisperfarm.flags import set_environment
from whisperfarm.legacy_env import apply
from whisperfarm.permissions import PermittedGroup
from whisperfarm_contract.problems import Problem
from whisperfarm_worker.process.environment import disable_telemetry


@click.group(
    cls=PermittedGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="whisperfarm")
@click.option(
    "--profile",
    type=click.Path(dir_okay=False, resolve_path=True),
    help="YAML file with the engines and diarizers of the farm (WHISPERFARM_PROFILE).",
)
def cli(profile: str | None) -> None:
    """Run a farm that transcribes recordings.

    `whisperfarm up` runs a whole farm on this machine without further setup; `dispatcher` and
    `worker` run one part. `batch`, `watch`, `jobs` and `presets` ask a farm by its URL. Settings
    are read from flags and from variables WHISPERFARM_...; `whisperfarm settings` lists them.
    """
    set_environment({"profile": profile})


for command in (
    up, dispatcher, worker, jobs, batch, watch, presets, pause, resume, workers, drain, quarantine,
    keys, audit, usage, custody, migrate, fsck, backup, restore, flower, models, doctor, evaluate,
    siprec, settings, plan, demo,
):  # fmt: skip
    cli.add_command(command)
for command in (rerun, revisions, correct, approve, hold, release, erase):
    jobs.add_command(command)


def main() -> None:
    """Run the command. A problem is printed in one line and determines the exit code."""
    disable_telemetry()
    apply()
    try:
        cli()
    except Problem as problem:
        report_problem(problem)
        sys.exit(problem.exit_code)
