"""`whisperfarm settings`: prints every setting with its default and description."""

import os
from pathlib import Path

import click

from whisperfarm.flower.settings import FlowerSettings
from whisperfarm.kinds_table import kinds_markdown
from whisperfarm.profile_table import profile_markdown
from whisperfarm.settings_table import markdown
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_models.settings import ModelSettings
from whisperfarm_worker.settings import WorkerSettings

SETTINGS_CLASSES = (DispatcherSettings, ModelSettings, WorkerSettings, FlowerSettings)


@click.command()
def settings() -> None:
    """Print all settings as a Markdown table, and what follows from the profile and the file of
    redaction, if there are any.

    \b
      whisperfarm --profile edge.yaml settings
    """
    click.echo(markdown(SETTINGS_CLASSES), nl=False)
    if path := os.environ.get("WHISPERFARM_PROFILE"):
        click.echo(f"\nProfile {path}:\n\n{profile_markdown(WorkerSettings())}", nl=False)
    if path := os.environ.get("WHISPERFARM_REDACTION_FILE"):
        click.echo(f"\nKinds of data to mask:\n\n{kinds_markdown(Path(path))}", nl=False)
