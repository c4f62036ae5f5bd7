"""Sends recordings to the farm."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from whisperfarm.batch.farms import Farms
from whisperfarm.batch.manifest import Manifest, Row
from whisperfarm.batch.outputs import Outputs
from whisperfarm.batch.recording import Recording
from whisperfarm.batch.sources.source import Source
from whisperfarm.remote.job_options import BATCH
from whisperfarm_client.errors import OutputNotWritable
from whisperfarm_client.pace import Pace
from whisperfarm_contract.problems import (
    AudioEmpty,
    AudioTooLarge,
    AudioTooLong,
    AudioUnreadable,
    IdempotencyConflict,
    InvalidOption,
    MissingAudio,
    NoAudioTrack,
    Problem,
    UnknownLanguage,
    UnknownModel,
    UnknownOption,
    UnknownVocabulary,
)

_OF_RECORDING = (
    AudioEmpty, AudioTooLarge, AudioTooLong, AudioUnreadable, IdempotencyConflict, MissingAudio,
    NoAudioTrack, OutputNotWritable,
)  # fmt: skip
_OF_OPTIONS = (InvalidOption, UnknownLanguage, UnknownModel, UnknownOption, UnknownVocabulary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Submits recordings as jobs. Several threads may use it at once.

    `options` are those for all recordings.
    """

    source: Source
    manifest: Manifest
    farms: Farms
    pace: Pace
    outputs: Outputs
    options: Mapping[str, str]

    def send(self, recording: Recording) -> Row:
        """Submit the recording and return its row, which is `submitted` or `failed`.

        Raises the problem that ends the whole run, or `Stopped`.
        """
        row = self.manifest[recording.path]
        try:
            row = self._submit(recording, row)
        except Problem as problem:
            if not self._is_of_recording(problem, recording):
                raise
            row = row.failed(problem)
        self.manifest.save(row)
        return row

    def _submit(self, recording: Recording, row: Row) -> Row:
        # The digest comes first: what changes while it is sent is seen as a change by the next run.
        row = replace(row, digest=recording.digest or self.source.digest(recording))
        self.outputs.destination.check_writable(self.outputs.paths(row))
        with self.source.file(recording) as file, self.pace.turn():
            farm = self.farms.current()
            submit = (
                partial(farm.submit_call, recording.legs)
                if recording.legs
                else partial(farm.submit, file)
            )
            job = submit(
                {**recording.options, BATCH: self.manifest.batch_id},
                idempotency_key=idempotency_key(self.manifest.batch_id, row),
                filename=os.path.basename(recording.path),
            )
        return row.submitted(job["id"])

    def _is_of_recording(self, problem: Problem, recording: Recording) -> bool:
        """Whether the other recordings may succeed."""
        has_own_options = recording.options != self.options
        return isinstance(problem, _OF_RECORDING) or (
            has_own_options and isinstance(problem, _OF_OPTIONS)
        )


def idempotency_key(batch_id: str, row: Row) -> str:
    """Return a key that is the same whenever this attempt is sent, from whatever run.

    It makes one job of two submissions if the run is killed before the manifest has the job's id.
    """
    parts = (batch_id, row.path, row.digest or "", row.options_digest, str(row.attempt))
    return f"batch-{hashlib.sha256(os.fsencode(chr(0).join(parts))).hexdigest()}"
