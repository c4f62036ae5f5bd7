"""Transcripts are found by their words, alike in every database, and never longer than they are
kept."""

import pytest

from tests.support.jobs import TENANT, new_job
from whisperfarm_contract.job import Job
from whisperfarm_contract.revisions.revision import RevisionKind
from whisperfarm_store.ledger import JobFilter, Ledger, NewRevision, read_query
from whisperfarm_store.ledger.search import matches
from whisperfarm_store.ledger.search.parts import MAX_TERMS

CALL = "Please refund 12.50 to ada@example.com. The Straße is closed; don't wait. 東京に行く हिन्दी"


def indexed(ledger: Ledger, text: str, *, tenant: str = TENANT) -> Job:
    job = ledger.jobs.insert(new_job(tenant=tenant))
    ledger.attempts.claim(job.id, worker="w", lease_s=60)
    ledger.attempts.succeed(job.id, attempt=1, result_key=f"results/{job.id}", audio_s=1.0)
    ended = ledger.jobs.get(job.id)
    assert ledger.texts.write(ended, revision=1, text=text)
    return ended


def found(ledger: Ledger, query: str, *, tenant: str = TENANT) -> list[str]:
    wanted = JobFilter(words=read_query(query))
    return [job.id for job in ledger.jobs.list_for_tenant(tenant, wanted=wanted)]


def test_words_phrases_and_starts_find_a_transcript(ledger: Ledger) -> None:
    job = indexed(ledger, CALL)
    indexed(ledger, "something else, then a wait")
    for query in (
        *("refund", "REFUND please", '"please refund"', "refu*", '"please ref"*', "12.50"),
        *("हिन्दी", '"refund'),
        *(
            "ada@example.com",
            "strasse",
            "don't",
            "東京",
            '"refund 12 50 to ada"',
            "हिन्दी",
            '"refund',
        ),
    ):
        assert found(ledger, query) == [job.id], query
    for query in ('"refund please"', "refu", "refund else", "हिन", "京東", "ada OR else"):
        assert found(ledger, query) == [], query


@pytest.mark.parametrize(
    "query",
    ["a' OR 1 --", 'NEAR("x', "terms: x", "x AND (", "-x ^x", "x:*&!|<->", "\\' x", "\0 x"],
)
def test_hostile_query_is_words(ledger: Ledger, query: str) -> None:
    indexed(ledger, "nothing of it")
    assert found(ledger, query) == []


def test_another_tenants_transcript_is_not_found(ledger: Ledger) -> None:
    foreign = indexed(ledger, CALL, tenant="umbrella")
    assert found(ledger, "refund") == []
    assert found(ledger, "refund", tenant="umbrella") == [foreign.id]


def test_common_words_are_found_newest_first(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matches, "MANY", 3)
    jobs = [indexed(ledger, f"refund number{number}") for number in range(5)]
    indexed(ledger, "refund", tenant="umbrella")
    indexed(ledger, "nothing of it")
    expected = [job.id for job in reversed(jobs)]
    for query in ("refund", "refu*", "refund numb*"):
        assert found(ledger, query) == expected, query
    query = read_query("refund number*")
    texts = ledger.texts.matching(expected[1:3], query)
    assert texts == {jobs[3].id: "refund number3", jobs[2].id: "refund number2"}


def test_text_of_hours_is_found_at_its_end_and_between_its_parts(ledger: Ledger) -> None:
    words = [f"{'x' * 60}{number}" for number in range(MAX_TERMS)]
    words[MAX_TERMS - 1 : MAX_TERMS] = ["between", "both", "parts", "\ud800\0", *["é"] * 300, "end"]
    job = indexed(ledger, " ".join(words))
    assert found(ledger, '"between both parts" é') == [job.id]
    assert found(ledger, "end") == [job.id]


def test_default_revision_is_what_is_found(ledger: Ledger) -> None:
    job = indexed(ledger, "wrong words")
    revision = NewRevision(
        kind=RevisionKind.CORRECTED, parent=1, author="a", key="k", size_bytes=1, sha256="0"
    )
    ledger.revisions.insert(job.id, revision, tenant=TENANT)
    assert found(ledger, "wrong") == []
    assert [one.id for one in ledger.texts.list_pending(limit=9)] == [job.id]
    assert not ledger.texts.write(job, revision=1, text="wrong words")
    assert ledger.texts.write(job, revision=2, text="right words")
    assert (found(ledger, "wrong"), found(ledger, "right")) == ([], [job.id])
    assert ledger.texts.list_pending(limit=9) == []


def test_erased_and_retired_transcripts_are_not_found_or_indexed(ledger: Ledger) -> None:
    erased, retired = indexed(ledger, "erased"), indexed(ledger, "retired")
    ledger.erasures.request(erased.id, tenant=TENANT, reason="asked")
    ledger.retention.mark_deleted("results", retired.id)
    for job, word in ((erased, "erased"), (retired, "retired")):
        assert found(ledger, word) == []
        assert not ledger.texts.write(job, revision=1, text=word)
    assert ledger.texts.list_pending(limit=9) == []


def test_held_transcript_is_found_until_its_job_is_deleted(ledger: Ledger) -> None:
    job = indexed(ledger, "evidence")
    ledger.holds.set(job.id, tenant=TENANT, reason="case")
    for artifact in ("audio", "results"):
        assert not ledger.erasures.begin(artifact, job.id)
    assert found(ledger, "evidence") == [job.id]
    ledger.holds.lift(job.id, tenant=TENANT, reason="closed")
    for artifact in ("audio", "results"):
        ledger.retention.mark_deleted(artifact, job.id)
    assert ledger.retention.delete_jobs(after_s=-60, limit=9) == 1
    assert found(ledger, "evidence") == []


def test_texts_are_forgotten_page_by_page_and_pending_again(ledger: Ledger) -> None:
    ids = sorted(indexed(ledger, "words").id for _ in range(3))
    assert ledger.texts.forget_some(after="", limit=2) == ids[:2]
    assert found(ledger, "words") == [ids[2]]
    assert ledger.texts.forget_some(after=ids[1], limit=2) == ids[2:]
    assert ledger.texts.forget_some(after=ids[2], limit=2) == []
    assert {job.id for job in ledger.texts.list_pending(limit=9)} == set(ids)


def test_matching_returns_the_first_part_with_the_words(ledger: Ledger) -> None:
    job = indexed(ledger, CALL)
    other = indexed(ledger, "else")
    matching = ledger.texts.matching([job.id, other.id], read_query("refund"))
    assert matching == {job.id: CALL}
