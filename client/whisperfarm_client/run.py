"""One run of the command: transcribes the recordings and writes the output files."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from whisperfarm_client import deadline, errors, outcome, output, output_names
from whisperfarm_client.outcome import Ended
from whisperfarm_client.report import Report
from whisperfarm_client.retry import Retrier
from whisperfarm_client.settings import Settings
from whisperfarm_client.transcription import Transcription
from whisperfarm_client.transport import HttpConnection


def run(settings: Settings, *, started: float) -> int:
    """Transcribe every recording. Returns 0 or the exit code of the first failure.

    Prints one line per failure, in the order of the recordings. Sends no more recordings once the
    farm is unavailable for one. `started` is the time of the process's start by the monotonic
    clock.
    """
    calls = _calls(settings)
    output_names.check_distinct(
        [paths[0] for paths in calls],
        settings.output_dir,
        settings.output_format,
        recordings=settings.audio,
    )
    output.make_folder(settings.output_dir)
    connection = HttpConnection(settings.address, key=settings.key, tls=settings.tls)
    with closing(connection):
        if min(len(calls), settings.parallel) == 1:
            return outcome.conclude(_one_by_one(calls, connection, settings, started))
        from whisperfarm_client.parallel_run import ParallelRun  # most runs have one recording

        parallel_run = ParallelRun(calls, connection, settings, started)
        with closing(parallel_run.outcomes()) as all_ended:
            return outcome.conclude(all_ended)


def _calls(settings: Settings) -> list[Sequence[str]]:
    """Return the recordings of each job: all of them, or one."""
    return [[path] for path in settings.audio] if settings.call is None else [settings.audio]


def _one_by_one(
    calls: Sequence[Sequence[str]], connection: HttpConnection, settings: Settings, started: float
) -> Iterator[Ended]:
    is_farm_unavailable = False
    for paths in calls:
        if is_farm_unavailable:
            yield paths, None
            continue
        report = Report(paths[0])
        retrier = Retrier(
            deadline=deadline.of_job(settings, started),
            connect_timeout_s=settings.connect_timeout_s,
            notify=errors.waiting_line(report.print_error, paths[0]),
        )
        problem = Transcription(paths, connection, retrier, settings, report).run()
        ended = outcome.of(problem, retrier)
        is_farm_unavailable = ended.is_farm_unavailable
        yield paths, ended
