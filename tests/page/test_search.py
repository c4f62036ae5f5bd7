"""Jobs are found by the words of their transcripts, on the page and by the API."""

import asyncio

import httpx

from tests.page.farm import PageFarm
from whisperfarm_contract.permissions import Permission
from whisperfarm_dispatcher.maintenance.text_index import TextIndex

HOSTILE = 'Well <img src=x onerror=alert(1)> & "say" Refund now'


async def indexed(farm: PageFarm, browser: httpx.AsyncClient, text: str) -> str:
    job_id = await farm.job(browser)
    farm.succeed(job_id, text)
    TextIndex(farm.deps.ledger, farm.deps.blobs).run_once()
    return job_id


def test_search_answers_with_escaped_excerpts(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await indexed(farm, browser, HOSTILE)
        other = await indexed(farm, browser, "nothing")
        answer = await browser.get("/v1/jobs", params={"text": '"say refund" now'})
        [found] = answer.json()["jobs"]
        assert found["id"] == job
        assert found["excerpt"].startswith("Well &lt;img src=x")
        assert found["excerpt"].endswith("<mark>Refund</mark> <mark>now</mark>")
        page = (await browser.get("/page/jobs", params={"words": "refund"})).text
        assert (job in page, other in page, "<img" in page) == (True, False, False)
        assert "<mark>Refund</mark>" in page
        assert f'page/jobs/{job}?find=refund"' in page
        south = await farm.signed_in(tenant="south")
        assert (await south.get("/v1/jobs", params={"text": "refund"})).json()["jobs"] == []

    asyncio.run(scenario())


def test_words_without_a_letter_are_refused_in_the_list(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser)
        refused = await browser.get("/page/jobs", params={"words": "*", "text": "call-17"})
        assert refused.status_code == 422
        assert 'role="alert">text: ' in refused.text
        assert 'value="call-17"' in refused.text
        assert 'value="*"' in refused.text
        assert job not in refused.text

    asyncio.run(scenario())


def test_search_pages_like_the_list(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        ids = [await indexed(farm, browser, "hello") for _ in range(3)]
        query = {"text": "hell*", "limit": "2"}
        first = (await browser.get("/v1/jobs", params=query)).json()
        rest = await browser.get("/v1/jobs", params={**query, "before": first["next"]})
        found = [job["id"] for job in (*first["jobs"], *rest.json()["jobs"])]
        assert found == ids[::-1]

    asyncio.run(scenario())


def test_search_needs_words_an_index_and_the_permission_to_read(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        await indexed(farm, browser, "secret")
        for text in ("", "!?", '"', "x" * 201):
            assert (await browser.get("/v1/jobs", params={"text": text})).status_code == 422, text
        lister = await farm.signed_in(role=None, permissions=(Permission.READ_JOBS,))
        for path, name in (("/v1/jobs", "text"), ("/page/jobs", "words")):
            assert (await lister.get(path, params={name: "secret"})).status_code == 403
        assert 'name="words"' not in (await lister.get("/page/jobs")).text

    asyncio.run(scenario())


def test_lost_transcript_is_not_read_again_and_again(farm: PageFarm) -> None:
    async def scenario() -> None:
        job = await farm.job(await farm.signed_in())
        farm.succeed(job)
        for key in list(farm.deps.blobs.keys("results/")):
            farm.deps.blobs.delete(key)
        TextIndex(farm.deps.ledger, farm.deps.blobs).run_once()
        assert farm.deps.ledger.texts.list_pending(limit=9) == []

    asyncio.run(scenario())
