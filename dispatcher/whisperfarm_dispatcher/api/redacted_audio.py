"""The redacted recording of a job, if it masks what a caller wants masked."""

from pathlib import PurePath

from whisperfarm_contract.identifiers import redacted_audio_key
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import RecordingNotRedacted
from whisperfarm_dispatcher.api import results
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.redaction.kinds import Kinds
from whisperfarm_store.redaction.recording import read_redacted
from whisperfarm_store.redaction.view import redact, redact_text


def find_redacted(deps: Dependencies, job: Job, kinds: Kinds) -> str:
    """Return the key of the redacted recording, in which data of these kinds is masked.

    It masks what the worker's transcript had. A correction may have added data, so the default and
    the newest revision decide. Raises `RecordingNotRedacted`, and like `results.render`.
    """
    default = results.choose_revision(deps.ledger, job)
    results.check_kept(job)
    key, names = job.result_key or "", ",".join(kinds)
    made = read_redacted(deps.blobs, key)
    if made is None:
        raise RecordingNotRedacted(
            f"job {job.id} has no redacted recording; submit the recording again with"
            f" redact={names}"
        )
    newest = max(deps.ledger.revisions.list(job), key=lambda one: one.number)
    for revision in {one.key: one for one in (default, newest)}.values():
        transcript = redact(results.transcript(deps.blobs, job, revision), kinds)
        if made.covers(transcript.redactions or (), kinds):
            continue
        raise RecordingNotRedacted(
            f"the redacted recording of job {job.id} masks {','.join(made.kinds)} of its first"
            f" transcript, and not all that redact={names} masks in revision {revision.number};"
            f" submit the recording again with redact={names}"
        )
    return redacted_audio_key(key)


def redacted_filename(job: Job, kinds: Kinds) -> str:
    """Return the name of the file, with data of these kinds masked."""
    return f"{PurePath(redact_text(job.audio.filename, kinds)).stem or job.id}-redacted.wav"
