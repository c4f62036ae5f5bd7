"""`whisperfarm flower`: Celery's workers and tasks on a page."""

from typing import Any

import click

from whisperfarm.flags import flags, into_environment


@click.command()
@flags("data_dir")
@click.option("--host", "flower_host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port",
    "flower_port",
    type=click.IntRange(1, 65535),
    help="Port to listen on.  [default: 5555]",
)
def flower(**given: Any) -> None:
    """Show the workers and their tasks in a browser, by Flower.

    The login is WHISPERFARM_FLOWER_USER and WHISPERFARM_FLOWER_PASSWORD in the environment;
    without it the page is for this machine alone. A task's id is the job's. The page changes
    nothing: jobs are cancelled over HTTP, workers asked to leave by `whisperfarm drain`.
    """
    into_environment(given)
    from whisperfarm.flower.page import serve
    from whisperfarm.flower.settings import FlowerSettings
    from whisperfarm_store.logs import configure_logs

    settings = FlowerSettings()
    configure_logs(settings.log_level, settings.log_format, component="flower")
    serve(settings)
