"""`whisperfarm flower`: Flower, the dashboard of Celery."""

from typing import Any

import click

from whisperfarm.flags import flags, set_environment


@click.command()
@flags("data_dir")
@click.option("--host", "flower_host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option(
    "--port",
    "flower_port",
    type=click.IntRange(1, 65535),
    help="Port to listen on.  [default: 5555]",
)
def flower(**flag_values: Any) -> None:
    """Run Flower, which shows workers and tasks in a browser.

    Set the login in WHISPERFARM_FLOWER_USER and WHISPERFARM_FLOWER_PASSWORD; without it Flower
    only serves this machine. A task's id is the id of its job. Flower is read-only: cancel jobs
    over HTTP and drain workers with `whisperfarm drain`.
    """
    set_environment(flag_values)
    from whisperfarm.flower.page import serve
    from whisperfarm.flower.settings import FlowerSettings
    from whisperfarm_store.logs import configure_logs

    settings = FlowerSettings()
    configure_logs(settings.log_level, settings.log_format, component="flower")
    serve(settings)
