"""`whisperfarm evaluate`: measures the accuracy of presets on recordings with references."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import click

from whisperfarm.flags import flags, set_environment
from whisperfarm.output import print_line, write_file
from whisperfarm.remote.output import print_table
from whisperfarm_contract.problems import InvalidOption, InvalidSettings
from whisperfarm_demo import models_dir
from whisperfarm_store.logs import configure_logs

_PACKAGES = ("whisperx", "jiwer", "pyannote.metrics", "matplotlib")


@click.command()
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER"
)
@flags("data_dir", "presets", "device")
@click.option(
    "--normalize",
    "normalization",
    type=click.Choice(["words", "none"]),
    default="words",
    show_default=True,
    help="words: case and punctuation do not count; none: they do.",
)
@click.option(
    "--json", "json_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Write all rates to this file as JSON.",
)  # fmt: skip
@click.option(
    "--plot", "plot_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the rates of the presets into this .svg or .png file.",
)  # fmt: skip
def evaluate(
    folder: Path,
    normalization: str,
    json_file: Path | None,
    plot_file: Path | None,
    **flag_values: Any,
) -> None:
    """Measure the accuracy of presets on recordings with references.

    Transcribes the recordings of FOLDER with each preset on this machine, without a farm, and
    compares the transcripts with the files beside them: `call.txt` (what was said) for word and
    character errors, `call.rttm` for speaker errors, `call.ctm` for times of words. A recording
    without references, or that cannot be transcribed, is named and left out.

    \b
      whisperfarm evaluate calls --presets demo,small --json accuracy.json --plot accuracy.svg
    """
    set_environment(flag_values)
    _check_plot_file(plot_file)
    _require_packages()
    from whisperfarm.evaluation import plot, references, report, run
    from whisperfarm.evaluation.scores import Normalization
    from whisperfarm_worker.local import load_engine
    from whisperfarm_worker.settings import WorkerSettings

    paths = {str(one.relative_to(folder)): one for one in references.find_recordings(folder)}
    if not paths:
        raise InvalidOption(f"{folder} has no recordings; name a folder with audio files")
    configure_logs("error", component="evaluate")
    settings = WorkerSettings()
    presets = settings.served_presets()
    engine = load_engine(settings, bundled_models=models_dir())
    how = cast("Normalization", normalization)
    with click.progressbar(
        length=len(paths) * len(presets), label="Transcribing", file=sys.stderr
    ) as bar:
        result = run.evaluate(
            paths, presets, engine,
            normalization=how, ffmpeg=settings.ffmpeg, advance=lambda: bar.update(1),
        )  # fmt: skip
    print_table(report.HEAD, list(report.table(result)))
    for path, reason in result.skipped.items():
        print_line(f"whisperfarm: {path} is left out: {reason}", err=True)
    if json_file is not None:
        document = json.dumps(report.document(result, how), indent=2)
        write_file(json_file, f"{document}\n".encode())
    if plot_file is not None and result.scores:
        write_file(plot_file, plot.plot(result, file_format=plot_file.suffix[1:]))


def _check_plot_file(file: Path | None) -> None:
    if file is not None and file.suffix not in {".svg", ".png"}:
        raise InvalidOption(f"--plot: {file.name} is neither .svg nor .png; rename it")


def _require_packages() -> None:
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise InvalidSettings(
            f"evaluate needs {', '.join(missing)}: run pip install 'whisperfarm[evaluate]'"
        )
