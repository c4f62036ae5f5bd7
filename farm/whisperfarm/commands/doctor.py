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
from whisperfarm.doctor.finding import Finding
from whisperfarm.doctor.profile import profile
from whisperfarm.doctor.report import print_findings
from whisperfarm.flags import flags, set_environment
from whisperfarm_store.logs import configure_logs
from whisperfarm_worker.settings import WorkerSettings


@click.command()
@flags("data_dir", "presets", "device")
def doctor(**flag_values: Any) -> None:
    """Check this machine, its settings and the servers of the farm.

    The exit code is 1 if a finding prevents the farm from working.
    """
    set_environment(flag_values)
    settings = WorkerSettings()
    configure_logs("error", component="doctor")  # the findings report everything else
    sys.exit(0 if print_findings(_findings(settings)) else 1)


def _findings(settings: WorkerSettings) -> Iterator[Finding]:
    yield settings_names(os.environ, SETTINGS_CLASSES)
    yield from profile(settings)
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
