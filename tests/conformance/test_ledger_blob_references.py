"""The blobs that jobs refer to, in pages."""

from dataclasses import replace

from tests.support.jobs import new_job
from whisperfarm_contract.identifiers import redacted_keys
from whisperfarm_contract.options import Options
from whisperfarm_store.ledger import BlobReference, Ledger


def succeeded(ledger: Ledger, job_id: str) -> str:
    ledger.jobs.insert(new_job(job_id))
    ledger.attempts.claim(job_id, worker="w", lease_s=60)
    ledger.attempts.succeed(job_id, attempt=1, result_key=results(job_id).key, audio_s=1.0)
    return job_id


def audio(job_id: str) -> BlobReference:
    return BlobReference(job_id, "audio", f"audio/acme/{job_id}", 32044, "ab" * 32)


def results(job_id: str) -> BlobReference:
    return BlobReference(job_id, "results", f"results/{job_id}/transcript.json")


def peaks(job_id: str) -> BlobReference:
    return BlobReference(job_id, "results", f"results/{job_id}/peaks.bin", is_optional=True)


def test_pages_name_recordings_and_transcripts_by_job(ledger: Ledger) -> None:
    for job_id in ("b", "A", "c"):
        succeeded(ledger, job_id)
    ledger.jobs.insert(new_job("d"))
    pages = list(ledger.blob_references.pages(jobs_per_page=2))
    assert [len(page) for page in pages] == [6, 4]
    needed = {reference for page in pages for reference in page}
    ended = {one(job_id) for job_id in ("A", "b", "c") for one in (audio, results, peaks)}
    assert needed == {*ended, audio("d")}


def test_deleted_artifacts_are_not_referred_to(ledger: Ledger) -> None:
    first, second = succeeded(ledger, "a"), succeeded(ledger, "b")
    ledger.retention.mark_deleted("audio", first)
    ledger.retention.mark_deleted("results", second)
    assert ledger.blob_references.of_jobs([first, second, "unknown"]) == {
        results(first),
        peaks(first),
        audio(second),
    }


def test_redacted_recording_is_needed_if_the_job_asked_for_it(ledger: Ledger) -> None:
    job = replace(new_job("a"), options=Options(redact="card"))
    ledger.jobs.insert(job)
    ledger.attempts.claim("a", worker="w", lease_s=60)
    ledger.attempts.succeed("a", attempt=1, result_key=results("a").key, audio_s=1.0)
    found = ledger.blob_references.of_jobs(["a"])
    assert {BlobReference("a", "results", key) for key in redacted_keys(results("a").key)} == (
        found - {audio("a"), results("a"), peaks("a")}
    )
