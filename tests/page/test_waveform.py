"""The waveform of a recording over the HTTP API, and who may read it."""

import asyncio

from tests.page.farm import OWN, PageFarm
from whisperfarm_contract.identifiers import peaks_key
from whisperfarm_contract.peaks import Peaks
from whisperfarm_contract.permissions import Permission


def test_waveform_is_read_by_who_may_read_recordings(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser)
        path = f"/v1/jobs/{job}/waveform"
        assert (await browser.get(path)).json()["name"] == "job-not-finished"
        farm.succeed(job)
        assert (await browser.get(path)).json()["name"] == "waveform-not-found"
        key = peaks_key(farm.deps.ledger.jobs.get(job).result_key or "")
        farm.deps.blobs.put(key, Peaks(0.5, ((-32767, 0),)).to_bytes())
        assert (await browser.get(path)).json() == {"duration_s": 0.5, "peaks": [[-1, 0]]}
        other = await farm.signed_in(tenant="south")
        assert (await other.get(path)).status_code == 404
        may = (Permission.READ_JOBS, Permission.READ_TRANSCRIPTIONS)
        reader = await farm.signed_in(role=None, permissions=may)
        assert (await reader.get(path)).status_code == 403
        assert "waveform" not in (await reader.get(f"/page/jobs/{job}")).text.split("<main")[1]
        assert 'role="slider"' in (await browser.get(f"/page/jobs/{job}")).text
        call = await farm.call(browser)
        farm.succeed(call)
        assert 'role="slider"' not in (await browser.get(f"/page/jobs/{call}")).text
        erased = await browser.delete(f"/v1/jobs/{job}/content?reason=asked", headers=OWN)
        assert erased.status_code == 200, erased.text
        assert (await browser.get(path)).json()["name"] == "result-expired"
        assert farm.deps.blobs.size(key) is None

    asyncio.run(scenario())
