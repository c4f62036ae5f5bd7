"""`whisperfarm watch`: transcribes the recordings that appear in a folder."""

import signal
import threading
from pathlib import Path
from typing import Any

import click

from whisperfarm.commands.watch_siprec import SiprecFlags, siprec_flags, submissions
from whisperfarm.console import report_line
from whisperfarm.flags import flags, set_environment
from whisperfarm.remote import job_options
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.watch.layout import LAYOUTS
from whisperfarm.watch.settings import AUDIO_GLOBS, Disposal, WatchSettings
from whisperfarm.watch.watcher import Watcher
from whisperfarm_contract.formats import FORMATS
from whisperfarm_store.metrics import Metrics, initialize_labels, serve_metrics
from whisperfarm_store.settings import StoreSettings

_DISPOSALS = click.Choice(["leave", "move", "delete"])
_SECONDS = click.FloatRange(min=0)


@click.command()
@click.argument("intake", type=click.Path(path_type=Path))
@click.option(
    "--output", "-o", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the transcripts. Sub-folders are those of the intake folder.",
)  # fmt: skip
@click.option(
    "--format", "-f", "formats", multiple=True, default=["json"], show_default=True,
    type=click.Choice(list(FORMATS)), help="Format of the transcripts; may be given several times.",
)  # fmt: skip
@click.option(
    "--layout", type=click.Choice(list(LAYOUTS)), default="plain", show_default=True,
    help="`siprec`: the recording folder of a SIPREC server, whose calls have a file for each leg.",
)  # fmt: skip
@click.option("--preset", help="Preset of all jobs.  [default: the farm's]")
@click.option(
    "--option", "pairs", metavar="NAME=VALUE", multiple=True,
    help="Option of all jobs, such as language=de; may be given several times.",
)  # fmt: skip
@click.option(
    "--include", "globs", metavar="GLOB", multiple=True,
    help="Names of recordings, such as *.g722.  [default: the usual extensions]",
)  # fmt: skip
@click.option(
    "--settle", "settle_s", type=_SECONDS, default=10.0, show_default=True, metavar="S",
    help="A file is complete if its size and time have not changed for S seconds.",
)  # fmt: skip
@click.option(
    "--abandoned-after", "abandoned_after_s", type=_SECONDS, default=3600.0, show_default=True,
    metavar="S", help="Transcribe a WAV file that was never closed after S seconds unchanged.",
)  # fmt: skip
@click.option(
    "--legs-after", "legs_after_s", type=_SECONDS, default=120.0, show_default=True, metavar="S",
    help="With `--layout siprec`: transcribe the legs of a call if no file with all of them has"
    " appeared after S seconds.",
)  # fmt: skip
@click.option(
    "--done", type=_DISPOSALS, default="leave", show_default=True,
    help="What to do with recordings that are done; `move`: into the folder `done` of the intake.",
)  # fmt: skip
@click.option(
    "--failed", type=_DISPOSALS, default="leave", show_default=True,
    help="The same for those that failed; `move`: into `failed`.",
)  # fmt: skip
@click.option(
    "--at-once", type=click.IntRange(1, 256), default=8, show_default=True, metavar="N",
    help="Recordings to submit and wait for at the same time.",
)  # fmt: skip
@click.option(
    "--interval", "interval_s", type=click.FloatRange(min=0.01), default=2.0, show_default=True,
    metavar="S", help="List the folder every S seconds.",
)  # fmt: skip
@siprec_flags
@flags("metrics_port", "metrics_host")
@farm_flags
def watch(  # noqa: PLR0917 - click passes them by name
    intake: Path,
    output: Path,
    preset: str | None,
    pairs: tuple[str, ...],
    globs: tuple[str, ...],
    done: Disposal,
    failed: Disposal,
    url: str | None,
    api_key_file: str | None,
    timeout: float,
    metrics_port: int | None,
    metrics_host: str | None,
    **chosen: Any,
) -> None:
    """Transcribe the recordings that appear in a folder, until a signal ends the command.

    A recording is submitted when it is complete: it has not changed for a while, and a WAV file has
    been closed by its writer. Each version of a file is transcribed once, also after a restart, a
    kill, and with several watchers on the same folders. If a recording fails, `<name>.error.txt` in
    the output folder says why; it is tried again when it changes. While the farm or one of the
    folders is gone, the command waits.

    \b
      whisperfarm watch /srv/intake --output /srv/transcripts -f json -f srt
      whisperfarm watch /srv/intake -o /srv/transcripts --done move --preset balanced
      whisperfarm watch /var/lib/siprec/recordings -o /srv/transcripts --layout siprec
    """
    intake, output = intake.resolve(), output.resolve()
    if intake == output:
        raise click.BadParameter("must be another folder than the intake", param_hint="--output")
    siprec = SiprecFlags(**{name: chosen.pop(name) for name in SiprecFlags._fields})
    settings = WatchSettings(
        intake=intake,
        output=output,
        options=job_options.from_flags(preset, pairs),
        globs=globs or AUDIO_GLOBS,
        done=done,
        failed=failed,
        **chosen,
    )
    set_environment({"metrics_port": metrics_port, "metrics_host": metrics_host})
    metrics = Metrics("watch")
    initialize_labels(metrics)
    watcher = Watcher(
        settings,
        lambda: open_farm(url=url, api_key_file=api_key_file, timeout=timeout),
        report_line,
        metrics,
        siprec=submissions(siprec, settings, metrics),
    )
    checks = {"/healthz": lambda: None, "/readyz": lambda: watcher.not_ready_reason}
    with serve_metrics(StoreSettings(), metrics, checks=checks):
        watcher.run(_stop_on_signals())


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
