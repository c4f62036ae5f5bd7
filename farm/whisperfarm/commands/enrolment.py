"""`whisperfarm speakers enrol`: enrols the voice of a person."""

import time
from pathlib import Path
from typing import Any

import click

from whisperfarm.output import print_line
from whisperfarm.remote.connection import farm_flags, open_farm
from whisperfarm.remote.output import format_flag
from whisperfarm.remote.samples import keep_voices_of
from whisperfarm.remote.speaker_table import print_speakers
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_store.ledger import DAY_S

_MAX_DAYS = 36_500


@click.command()
@click.argument("recording", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="The name of the person, as transcripts show it.")
@click.option("--consent", required=True, help="How the person agreed, such as where the form is.")
@click.option("--job", "job_id", metavar="JOB", help="A job with keep_voices, not a recording.")
@click.option("--speaker", help="The speaker of the job.  [default: the only one]")
@click.option(
    "--days", type=click.FloatRange(0, _MAX_DAYS, min_open=True), metavar="N",
    help="Erase the voice after N days.  [default: never]",
)  # fmt: skip
@click.option("--preset", help="The preset of a recording, which must have a diarizer.")
@click.option(
    "--wait", "wait_s", type=click.FloatRange(min=0), default=3600.0, show_default=True,
    metavar="S", help="Wait S seconds for the job of a recording.",
)  # fmt: skip
@format_flag
@farm_flags
def enrol(recording: Path | None, days: float | None, **values: Any) -> None:
    """Enrol the voice of a person, from a recording or from a speaker of a job.

    RECORDING has the person alone, for ten seconds or more. The farm deletes it once its voice is
    kept. The model that diarizes computes the voice: enrol it again if you change that model.

    \b
      whisperfarm speakers enrol sample.wav --name 'Ana Lima' --consent 'form 2024-311'
      whisperfarm speakers enrol --job JOB --speaker SPEAKER_01 --name Ana --consent 'e-mail of May'
    """
    job_id, output_format = values.pop("job_id"), values.pop("output_format")
    name, consent, speaker = (values.pop(one) for one in ("name", "consent", "speaker"))
    preset, wait_s = values.pop("preset"), values.pop("wait_s")
    if (recording is None) == (job_id is None):
        raise click.UsageError("give either a recording or --job")
    expires_at = None if days is None else to_rfc3339(time.time() + days * DAY_S)
    with open_farm(**values) as remote:
        if recording is not None:
            job_id = keep_voices_of(remote, recording, preset, timeout_s=wait_s)
            print_line(f"whisperfarm: the voice is that of job {job_id}", err=True)
        made = remote.enrol_speaker(
            name, job_id, consent=consent, speaker=speaker, expires_at=expires_at
        )
    print_speakers([made], output_format)
