"""`whisperfarm`: the group of all commands."""

import sys
from collections.abc import Mapping
from types import MappingProxyType

import click

from whisperfarm.console import report_problem
from whisperfarm.flags import set_environment
from whisperfarm.lazy_group import LazyGroup
from whisperfarm.legacy_env import apply
from whisperfarm_contract.problems import Problem
from whisperfarm_worker.process.environment import disable_telemetry

_MODULES: Mapping[str, str] = MappingProxyType(
    {
        **{
            name: f"whisperfarm.commands.{name}"
            for name in (
                "up",
                "jobs",
                "batch",
                "speakers",
                "watch",
                "presets",
                "pause",
                "workers",
                "quarantine",
                "keys",
                "audit",
                "hub",
                "usage",
                "custody",
                "migrate",
                "fsck",
                "encryption",
                "index",
                "backup",
                "restore",
                "flower",
                "models",
                "doctor",
                "evaluate",
                "siprec",
                "settings",
                "plan",
                "demo",
            )
        },
        "dispatcher": "whisperfarm.commands.run",
        "worker": "whisperfarm.commands.run",
        "resume": "whisperfarm.commands.pause",
        "drain": "whisperfarm.commands.workers",
    }
)
"""The modules of the commands."""


@click.group(
    cls=LazyGroup,
    modules=_MODULES,
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
    `worker` run one part. `batch`, `watch`, `jobs`, `speakers` and `presets` ask a farm
    by its URL. Settings are read from flags and from variables WHISPERFARM_...; `whisperfarm
    settings` lists them.
    """
    set_environment({"profile": profile})


def main() -> None:
    """Run the command. A problem is printed in one line and determines the exit code."""
    disable_telemetry()
    apply()
    try:
        cli()
    except Problem as problem:
        report_problem(problem)
        sys.exit(problem.exit_code)
