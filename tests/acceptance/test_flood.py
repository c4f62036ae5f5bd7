"""Two hundred jobs at once from eight clients."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.phrases import Phrase
from tests.support.farm import EmbeddedFarm

pytestmark = pytest.mark.slow

CLIENTS = 8
JOBS = 200


@pytest.mark.timeout(900)
def test_two_hundred_jobs_all_get_their_own_text(farm: EmbeddedFarm, phrases: list[Phrase]) -> None:
    said = [phrases[number % len(phrases)] for number in range(JOBS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        job_ids = list(clients.map(lambda phrase: farm.submit(phrase.path, model="demo"), said))
    assert len(set(job_ids)) == JOBS
    assert list(mistakes(farm, job_ids, said)) == []


def mistakes(farm: EmbeddedFarm, job_ids: list[str], said: list[Phrase]) -> Iterable[str]:
    """Return the phrases whose transcript is wrong."""
    for job_id, phrase in zip(job_ids, said, strict=True):
        document = farm.ended(job_id, within_s=600)
        text = farm.result(job_id).json()["text"] if document["state"] == "succeeded" else None
        if text != phrase.text:
            yield f"{document['state']}: said {phrase.text!r}, written {text!r}"
