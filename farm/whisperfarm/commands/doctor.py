"""`whisperfarm doctor`: checks the machine, the settings and the servers."""

import os
import sys
from collections.abc import Iterator
from typing import Any

import click

from whisperfarm.commands.settings import SETTINGS_CLASSES
from whisperfarm.doctor import machine, services, storage
from whisperfarm.doctor.environment import settings_names
from whisperfarm.doctor.farm import farm
from whisperfarm.doctor.finding import Finding, Severity
from whisperfarm.flags import flags, set_environment
from whisperfarm.output import print_line
from whisperfarm_contract.printable import printable
from whisperfarm_store.logs import configure_logs
from whisperfarm_worker.settings import WorkerSettings

_COLOURS = {Severity.OK: "green", Severity.WARN: "yellow", Severity.FAIL: "red"}


@click.command()
@flags("data_dir", "presets", "device")
def doctor(**flag_values: Any) -> None:
    """Check this machine, its settings and the servers of the farm.

    The exit code is 1 if a finding prevents the farm from working.
    """
    set_environment(flag_values)
    settings = WorkerSettings()
    configure_logs("error", component="doctor")  # the findings report everything else
    healthy = True
    for finding in _findings(settings):
        _print(finding)
        healthy = healthy and finding.severity is not Severity.FAIL
    sys.exit(0 if healthy else 1)


def _findings(settings: WorkerSettings) -> Iterator[Finding]:
    yield settings_names(os.environ, SETTINGS_CLASSES)
    if machine.has_engine():
        yield machine.decoder(settings)
        yield from machine.models(settings)
        yield machine.processor(settings)
    else:
        yield machine.without_engine()
    yield storage.data_dir(settings)
    yield storage.database(settings)
    yield storage.blobs(settings)
    yield services.broker(settings)
    yield services.notifications(settings)
    yield from storage.disks(settings)
    if machine.has_engine():
        yield storage.scratch(settings)
    yield farm()


def _print(finding: Finding) -> None:
    mark = click.style(f"{finding.severity:<4}", fg=_COLOURS[finding.severity])
    click.echo(f"{mark}  {printable(f'{finding.name:<9} {finding.text}')}")
    if hint := finding.hint:
        print_line(f"{'':<16}-> {hint}")
