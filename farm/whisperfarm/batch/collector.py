"""Writes the transcripts of jobs that have ended."""

import os
from dataclasses import dataclass, replace

from whisperfarm.batch.farms import Farms
from whisperfarm.batch.manifest import Manifest, Row
from whisperfarm.batch.outputs import Outputs
from whisperfarm_client import output
from whisperfarm_client.farm_documents import Job, problem_of
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
            row = self._write(replace(row, audio_s=job["audio"].get("duration_s")), job["id"])
        else:
            row = row.failed(problem_of(job))
        self.manifest.save(row)
        return row

    def _write(self, row: Row, job_id: str) -> Row:
        for format in self.outputs.formats:
            path = self.outputs.path(row, format)
            content = self.farms.current().result(job_id, format)
            output.make_folder(os.path.dirname(path))
            output.write(path, content)
        return row.done(self.outputs.formats)
