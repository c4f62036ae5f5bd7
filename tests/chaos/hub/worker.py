"""A stub of a worker, without an engine: its transcripts have one word, which names the farm and
the recording."""

import json
import threading
from pathlib import Path

from whisperfarm_contract.identifiers import result_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import FarmUnavailable
from whisperfarm_contract.states import JobState
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import JobFilter, Ledger, open_ledger

_QUEUED = JobFilter(state=JobState.QUEUED)
_PAUSE_S = 0.05


def text_of(farm: str, job: Job) -> str:
    """Return the word of a farm's transcript of a job."""
    return f"{farm}-{job.audio.sha256[:12]}"


class StubWorker(threading.Thread):
    """The worker of the farm with this name, whose ledger and blobs are below `data_dir`."""

    def __init__(self, farm: str, data_dir: Path) -> None:
        super().__init__(daemon=True)
        self.ledger: Ledger = open_ledger(f"sqlite:///{data_dir / 'ledger.sqlite'}")
        self.blobs = FolderBlobs(data_dir / "blobs")
        self._farm = farm
        self._closing = threading.Event()

    def run(self) -> None:
        while not self._closing.wait(_PAUSE_S):
            try:
                for job in self.ledger.jobs.list_for_tenant("default", wanted=_QUEUED, limit=50):
                    self._transcribe(job)
            except FarmUnavailable:
                continue  # a dispatcher writes

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        self.join()
        self.ledger.close()

    def _transcribe(self, job: Job) -> None:
        claimed = self.ledger.attempts.claim(job.id, worker="stub", lease_s=600)
        if claimed is not None:
            key = result_key(job.tenant, job.id, claimed.attempt)
            document = _transcript(text_of(self._farm, job)).to_wire()
            self.blobs.put(key, json.dumps(document).encode())
            attempt = claimed.attempt
            self.ledger.attempts.succeed(job.id, attempt=attempt, result_key=key, audio_s=0.5)


def _transcript(text: str) -> Transcript:
    segment = Segment(start=0.0, end=0.3, text=text, words=(Word(text=text, start=0.0, end=0.3),))
    coverage = Coverage(audio_s=0.5, speech_s=0.3, transcribed_s=0.3)
    return Transcript(language="en", model="stub", segments=(segment,), coverage=coverage)
