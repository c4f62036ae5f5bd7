"""The pages as a browser gets them."""

import asyncio
from html import escape

from tests.page.farm import PageFarm
from whisperfarm_contract.permissions import Permission

HOSTILE = "<img src=x onerror=alert(1)>\"'.wav"


def test_home_leads_browsers_to_the_page_and_others_to_the_links(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = farm.browser()
        page = await browser.get("/")
        assert (page.status_code, page.headers["location"]) == (303, "page/jobs")
        other = await browser.get("/", headers={"Accept": "*/*"})
        assert "HTTP API" in other.text

    asyncio.run(scenario())


def test_pages_load_nothing_from_elsewhere(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser)
        for path in ("/page/jobs", f"/page/jobs/{job}", "/page/jobs/none", "/page/files/jobs.js"):
            answer = await browser.get(path)
            policy = answer.headers["content-security-policy"]
            assert policy.startswith("default-src 'none'")
            assert "unsafe" not in policy
            assert "http" not in policy

    asyncio.run(scenario())


def test_hostile_names_stay_text(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser, HOSTILE)
        for path in ("/page/jobs", f"/page/jobs/{job}", "/page/jobs?text=<img src=x"):
            text = (await browser.get(path)).text
            assert "<img" not in text
        assert escape("<img src=x onerror=alert(1)>") in (await browser.get("/page/jobs")).text

    asyncio.run(scenario())


def test_job_whose_name_is_blank_is_listed_by_its_id(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser, "  ")
        for path in ("/page/jobs", f"/page/jobs/{job}"):
            assert f"<bdi>{job}</bdi>" in (await browser.get(path)).text

    asyncio.run(scenario())


def test_list_finds_names_and_leads_to_older_jobs(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        first = await farm.job(browser, "Budget_100%.wav")
        for _ in range(50):
            newest = await farm.job(browser)
        page = (await browser.get("/page/jobs")).text
        assert newest in page
        assert first not in page
        found = (await browser.get("/page/jobs", params={"text": "budget_100%"})).text
        assert first in found
        assert newest not in found
        oldest = [job.id for job in farm.deps.ledger.jobs.list_for_tenant("north", limit=50)][-1]
        assert first in (await browser.get("/page/jobs", params={"before": oldest})).text
        queued = (await browser.get("/page/jobs", params={"state": "failed"})).text
        assert newest not in queued

    asyncio.run(scenario())


def test_unknown_state_is_refused_and_no_job_is_listed(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser)
        for state in ("done", "QUEUED", "<img>"):
            answer = await browser.get("/page/jobs", params={"state": state})
            assert answer.status_code == 422
            assert "choose one of queued, running" in answer.text
            assert (job in answer.text, "<img>" in answer.text) == (False, False)

    asyncio.run(scenario())


def test_address_that_does_not_exist_is_a_page(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        answer = await browser.get("/page/nope")
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")
        assert "This page does not exist." in answer.text
        assert "another key" not in answer.text
        assert (await browser.get("/v1/nope")).json()["name"] == "client-error"

    asyncio.run(scenario())


def test_job_of_another_tenant_has_no_page(farm: PageFarm) -> None:
    async def scenario() -> None:
        job = await farm.job(await farm.signed_in())
        south = await farm.signed_in(tenant="south")
        assert (await south.get(f"/page/jobs/{job}")).status_code == 404
        assert (await south.get(f"/v1/jobs/{job}/audio")).status_code == 404
        assert job not in (await south.get("/page/jobs")).text

    asyncio.run(scenario())


def test_recording_is_sent_in_whole_and_in_part(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        path = f"/v1/jobs/{await farm.job(browser, '../a.html')}/audio"
        refused = await browser.get(f"{path}?format=mp3")
        assert (refused.status_code, refused.json()["name"]) == (422, "unknown-option")
        whole = await browser.get(path)
        part = await browser.get(path, headers={"Range": "bytes=4-9"})
        assert whole.headers["content-type"] == "audio/wav"
        assert whole.headers["content-security-policy"] == "sandbox"
        assert (part.status_code, part.content) == (206, whole.content[4:10])
        assert part.headers["content-range"] == f"bytes 4-9/{len(whole.content)}"
        behind = await browser.get(path, headers={"Range": f"bytes={len(whole.content)}-"})
        assert behind.status_code == 416

    asyncio.run(scenario())


def test_call_in_legs_is_not_played_as_its_first_leg(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        call = await farm.call(browser)
        farm.succeed(call)
        whole = await browser.get(f"/v1/jobs/{call}/audio")
        assert whole.headers["content-type"] == "application/octet-stream"
        assert f"{call}/audio" not in (await browser.get(f"/page/jobs/{call}")).text

    asyncio.run(scenario())


def test_recording_needs_a_permission_of_its_own(farm: PageFarm) -> None:
    async def scenario() -> None:
        job = await farm.job(await farm.signed_in())
        farm.succeed(job)
        grant = (Permission.READ_JOBS, Permission.READ_TRANSCRIPTIONS)
        reader = await farm.signed_in(role=None, permissions=grant)
        assert (await reader.get(f"/v1/jobs/{job}/audio")).status_code == 403
        shown = await reader.get(f"/page/jobs/{job}")
        assert (shown.status_code, f"{job}/audio" in shown.text) == (200, False)
        assert (
            f"{job}/audio"
            in (await (await farm.signed_in("analyst")).get(f"/page/jobs/{job}")).text
        )

    asyncio.run(scenario())
