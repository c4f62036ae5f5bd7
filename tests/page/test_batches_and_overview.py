"""The pages of batches and of operators."""

import asyncio

from tests.page.farm import OWN, PageFarm
from tests.support.recordings import wav
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import AudioUnreadable
from whisperfarm_store.ledger import Ledger, WorkerHeartbeat

NIGHT = "night-1"


def fail(ledger: Ledger, job_id: str) -> None:
    ledger.attempts.claim(job_id, worker="w", lease_s=60)
    problem = AudioUnreadable("no <i>audio</i>")
    ledger.attempts.fail(job_id, attempt=1, problem=problem)


def test_batches_are_listed_with_counts_and_failures(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        sent = {"content": wav(), "headers": {**OWN, "Content-Type": "audio/wav"}}
        ids = []
        for batch in (NIGHT, NIGHT, "day"):
            answer = await browser.post("/v1/jobs", params={"batch": batch}, **sent)
            ids.append(answer.json()["id"])
        fail(farm.deps.ledger, ids[0])
        listed = (await browser.get("/page/batches")).text
        assert "night-1" in listed
        assert listed.index(">day<") < listed.index("night-1")
        older = (await browser.get("/page/batches", params={"before": "day"})).text
        assert (">day<" in older, "night-1" in older) == (False, True)
        shown = (await browser.get("/page/batches/batch", params={"id": NIGHT})).text
        assert "no &lt;i&gt;audio&lt;/i&gt;" in shown
        assert (ids[0] in shown, ids[1] in shown) == (True, False)
        assert 'data-action="cancel"' in shown
        assert (
            await browser.get("/page/batches/batch", params={"id": "no\0ne"})
        ).status_code == 404
        south = await farm.signed_in(tenant="south")
        assert (await south.get("/page/batches/batch", params={"id": NIGHT})).status_code == 404
        assert "night" not in (await south.get("/page/batches", params={"before": NIGHT})).text

    asyncio.run(scenario())


def test_reader_of_jobs_is_offered_no_action(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        sent = {"content": wav(), "headers": {**OWN, "Content-Type": "audio/wav"}}
        await browser.post("/v1/jobs", params={"batch": "day"}, **sent)
        reader = await farm.signed_in(role=None, permissions=(Permission.READ_JOBS,))
        shown = (await reader.get("/page/batches/batch", params={"id": "day"})).text
        assert "data-action" not in shown

    asyncio.run(scenario())


def test_overview_is_for_operators_alone(farm: PageFarm) -> None:
    async def scenario() -> None:
        farm.deps.ledger.workers.record_heartbeat(
            WorkerHeartbeat(
                name="w<1>", presets=("demo",), concurrency=2, pid=1, host="h", ready=True
            )
        )
        await farm.job(await farm.signed_in())
        shown = await (await farm.signed_in("operator")).get("/page/overview")
        assert "w&lt;1&gt;" in shown.text
        assert "0 of 2" in shown.text
        analyst = await farm.signed_in("analyst")
        assert (await analyst.get("/page/overview")).status_code == 403
        assert "page/overview" not in (await analyst.get("/page/jobs")).text

    asyncio.run(scenario())
