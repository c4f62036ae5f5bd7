"""`whisperfarm settings`: prints every setting with its default and description."""

import click

from whisperfarm.flower.settings import FlowerSettings
from whisperfarm.settings_table import markdown
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_models.settings import ModelSettings
from whisperfarm_worker.settings import WorkerSettings

SETTINGS_CLASSES = (DispatcherSettings, ModelSettings, WorkerSettings, FlowerSettings)


@click.command()
def settings() -> None:
    """Print all settings as a Markdown table."""
    click.echo(markdown(SETTINGS_CLASSES), nl=False)
