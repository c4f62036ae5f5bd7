"""Writes the transcripts of jobs that have ended."""

from dataclasses import dataclass, replace

from whisperfarm.batch.destinations.rejected import Rejected
from whisperfarm.batch.farms import Farms
from whisperfarm.batch.manifest import Manifest, Row
from whisperfarm.batch.outputs import Outputs
from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_client.farm_documents import Job, problem_of
from whisperfarm_contract.problems import AddressUnreachable
from whisperfarm_contract.states import JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """Fetches transcripts. Several threads may use it at once."""

    manifest: Manifest
    farms: Farms
    outputs: Outputs

    def collect(self, row: Row, job: Job) -> Row:
        """Write the files of a job that has ended. Return the row, which is `done` or `failed`.

        Raises `ResultExpired` if the farm has deleted the transcript, or the problem that ends the
        whole run.
        """
        if job["state"] == JobState.SUCCEEDED:
            row = replace(row, audio_s=job["audio"].get("duration_s"))
            try:
                row = self._write_all(row, job["id"])
            except Rejected as error:
                row = row.failed(OutputNotWritable(str(error)))
        else:
            row = row.failed(problem_of(job))
        self.manifest.save(row)
        return row

    def _write_all(self, row: Row, job_id: str) -> Row:
        for format in self.outputs.formats:
            content = self.farms.current().result(job_id, format)
            self._write(self.outputs.path(row, format), content)
        return row.done(self.outputs.formats)

    def _write(self, path: str, content: bytes) -> None:
        """Write a file, again and again while the destination cannot be reached."""
        retrier = self.farms.retrier()
        while True:
            try:
                return self.outputs.destination.write(path, content)
            except AddressUnreachable as problem:
                retrier.failed(problem)
