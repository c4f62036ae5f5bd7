"""`whisperfarm plan`: how large a farm must be for a load."""

import click

from whisperfarm.capacity.demand import Demand
from whisperfarm.capacity.measured import FORMATS
from whisperfarm.capacity.plan import make_plan
from whisperfarm.capacity.report import document, figure_rows, notes, rows
from whisperfarm.output import print_line
from whisperfarm.remote.output import print_json, print_table
from whisperfarm_contract.presets import get_preset, with_custom
from whisperfarm_store.settings import StoreSettings

_POSITIVE = click.FloatRange(min=0, min_open=True)


@click.command()
@click.option("--calls-per-day", type=_POSITIVE, required=True, help="Recordings in a day.")
@click.option("--seconds", type=_POSITIVE, required=True, help="Length of a recording.")
@click.option("--preset", default="demo", show_default=True, help="Preset of the jobs.")
@click.option(
    "--peak-hour",
    type=click.FloatRange(1 / 24, 1),
    default=0.12,
    show_default=True,
    help="Part of the day's calls in the busiest hour.",
)
@click.option(
    "--channels",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Channels that are transcribed by themselves (channels=speakers).",
)
@click.option(
    "--audio-format",
    type=click.Choice(list(FORMATS)),
    default="wav-16k",
    show_default=True,
    help="Format of the recordings.",
)
@click.option("--speakers/--no-speakers", default=True, help="Whether jobs name speakers.")
@click.option("--gpu", is_flag=True, help="Each worker has a GPU of its own.")
@click.option(
    "--concurrency",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    help="Jobs that a worker runs at once (WHISPERFARM_CONCURRENCY).",
)
@click.option(
    "--keep-audio-days",
    type=_POSITIVE,
    default=30.0,
    show_default=True,
    help="Days that recordings are kept.",
)
@click.option(
    "--keep-results-days",
    type=_POSITIVE,
    default=30.0,
    show_default=True,
    help="Days that transcripts are kept.",
)
@click.option(
    "--keep-jobs-days",
    type=_POSITIVE,
    default=30.0,
    show_default=True,
    help="Days that jobs are kept in the ledger.",
)
@click.option(
    "--factor",
    type=_POSITIVE,
    metavar="N",
    help="Seconds of audio per second of one worker, as measured on your hardware.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object, with sizes in bytes.")
def plan(
    *, preset: str, gpu: bool, concurrency: int, factor: float | None, as_json: bool, **load: object
) -> None:
    """Plan the size of a farm: workers, GPUs, disks and the ledger, for a load.

    Prints what the farm needs in its busiest hour, and the figures that the plan rests on with
    their sources. It contacts no farm.
    """
    demand = _demand(preset, load)
    made = make_plan(demand, factor=factor, gpu=gpu, concurrency=concurrency)
    if as_json:
        print_json(document(demand, made))
        return
    print_table(("NEEDED", "AMOUNT", "BECAUSE"), list(rows(demand, made)))
    print_line("")
    print_table(("FIGURE", "VALUE", "SOURCE"), list(figure_rows(made)))
    for note in notes(demand, is_measured=factor is None):
        print_line(f"note: {note}", err=True)


def _demand(preset: str, load: dict[str, object]) -> Demand:
    known = with_custom(StoreSettings().presets_file)
    return Demand(preset=get_preset(preset, known), **load)  # type: ignore[arg-type]
