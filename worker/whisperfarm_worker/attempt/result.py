"""What an attempt has made or found in the cache."""

from dataclasses import dataclass

from whisperfarm_contract.identifiers import peaks_key
from whisperfarm_contract.peaks import Peaks
from whisperfarm_contract.transcript import Transcript
from whisperfarm_store import events
from whisperfarm_store.blobs import Blobs


@dataclass(frozen=True, slots=True)
class Result:
    """A transcript, and the peaks of its recording, if there are any."""

    transcript: Transcript
    peaks: Peaks | None = None

    def write_peaks(self, blobs: Blobs, result_key: str) -> None:
        """Store the peaks beside the transcript `result_key`.

        If that fails, it is logged: the job goes on without a waveform.
        """
        if self.peaks is None:
            return
        try:
            blobs.put(peaks_key(result_key), self.peaks.to_bytes())
        except Exception as error:
            events.attempt.peaks_failed.log(error=type(error).__name__)
