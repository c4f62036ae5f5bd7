"""Has SIPREC transcribe the calls that are done, so that its own listeners get the transcripts."""

from pathlib import PurePath

from whisperfarm.watch.layout import Recording
from whisperfarm.watch.reports import PrintLine
from whisperfarm.watch.siprec_api import SiprecApi, SubmissionFailed
from whisperfarm_store.metrics import Metrics
from whisperfarm_store.metrics.definitions import WATCH_SIPREC, SiprecOutcome


class SiprecSubmissions:
    """Submits recordings to SIPREC, which knows their folder as `folder`.

    A failure is a line of the watcher and a metric: the transcript is written already.
    """

    def __init__(
        self,
        api: SiprecApi,
        *,
        folder: PurePath,
        provider: str,
        metrics: Metrics,
        print_line: PrintLine,
    ) -> None:
        self._api = api
        self._folder = folder
        self._provider = provider
        self._metrics = metrics
        self._print_line = print_line

    def submit(self, recording: Recording) -> None:
        """Submit the recording of a call. Legs that were sent as several files are left out."""
        if len(recording.sent) > 1:
            return
        path = recording.file.path
        call = recording.options.get("reference", PurePath(path).stem)
        try:
            self._api.submit(str(self._folder / path), call, self._provider)
        except SubmissionFailed as failure:
            self._metrics.count(WATCH_SIPREC, outcome=SiprecOutcome.FAILED)
            self._print_line(f"{path}: warning: not submitted to SIPREC: {failure}")
        else:
            self._metrics.count(WATCH_SIPREC, outcome=SiprecOutcome.ACCEPTED)
