"""`whisperfarm dispatcher` and `whisperfarm worker`: run one part in this process."""

from typing import Any

import click

from whisperfarm.flags import flags, set_environment
from whisperfarm.supervisor.parent_watch import end_with_supervisor


@click.command()
@flags("data_dir", "host", "port", "presets")
def dispatcher(**flag_values: Any) -> None:
    """Run a dispatcher.

    It accepts jobs over HTTP and AMQP and dispatches them to workers.
    """
    end_with_supervisor()
    set_environment(flag_values)
    from whisperfarm_dispatcher.server import serve
    from whisperfarm_dispatcher.settings import DispatcherSettings

    serve(DispatcherSettings())


@click.command()
@flags("data_dir", "presets", "concurrency", "device", "trace_file")
def worker(**flag_values: Any) -> None:
    """Run a worker.

    It loads the models once and transcribes jobs.
    """
    end_with_supervisor()
    set_environment(flag_values)
    from whisperfarm.commands.models import pull_all
    from whisperfarm_demo import models_dir
    from whisperfarm_worker.process.server import serve
    from whisperfarm_worker.settings import WorkerSettings

    settings = WorkerSettings()
    if settings.models_pull_at_start:
        pull_all(settings)
    serve(settings, bundled_models=models_dir())
