"""People sign in with a key, and their session permits what the key permits."""

import asyncio

import pytest

from tests.page.farm import OWN, URL, PageFarm, sign_in
from whisperfarm_dispatcher.api.sessions.cookie import COOKIE


def test_cookie_has_neither_the_key_nor_a_way_for_scripts_or_other_sites(farm: PageFarm) -> None:
    async def scenario() -> None:
        key = farm.key()[1]
        answer = await sign_in(farm.browser(), key)
        cookie = answer.headers["set-cookie"]
        assert answer.headers["location"] == "../page/jobs"
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "Secure" not in cookie
        assert key not in cookie
        https = await sign_in(
            farm.browser(), key, Origin="https://farm.example", Host="farm.example"
        )
        assert "Secure" in https.headers["set-cookie"]

    asyncio.run(scenario())


def test_session_is_valid_at_another_dispatcher_until_it_is_ended(farm: PageFarm) -> None:
    async def scenario() -> None:
        one, other = await farm.signed_in(), farm.browser()
        other.cookies = one.cookies
        copied = dict(other.cookies)
        assert (await other.get("/page/jobs")).status_code == 200
        assert (await one.post("/page/session/end", headers=OWN)).status_code == 303
        other.cookies.set(COOKIE, copied[COOKIE])
        assert (await other.get("/page/jobs")).status_code == 401
        assert (await other.get("/v1/jobs")).status_code == 401

    asyncio.run(scenario())


def test_session_ends_with_its_key(farm: PageFarm) -> None:
    async def scenario() -> None:
        key_id, key = farm.key()
        browser = farm.browser()
        await sign_in(browser, key)
        farm.deps.ledger.api_keys.revoke(key_id)
        restarted = farm.browser()
        restarted.cookies = browser.cookies
        answer = await restarted.get("/page/jobs")
        assert answer.status_code == 401
        assert "revoked" in answer.text

    asyncio.run(scenario())


def test_wrong_key_is_refused_and_not_repeated(farm: PageFarm) -> None:
    async def scenario() -> None:
        answer = await sign_in(farm.browser(), "wf_secret")
        assert answer.status_code == 401
        assert "wf_secret" not in answer.text
        assert "set-cookie" not in answer.headers

    asyncio.run(scenario())


CROSS_SITE = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": URL},
]


@pytest.mark.parametrize("headers", CROSS_SITE)
def test_post_of_another_site_is_refused(farm: PageFarm, headers: dict[str, str]) -> None:
    async def scenario() -> None:
        browser = await farm.signed_in()
        job = await farm.job(browser)
        requests = [
            ("POST", "/v1/jobs"),
            ("DELETE", f"/v1/jobs/{job}"),
            ("POST", "/page/session"),
            ("POST", "/page/session/end"),
        ]
        for method, path in requests:
            answer = await browser.request(method, path, headers=headers)
            assert answer.status_code == 403, path
        assert farm.deps.ledger.jobs.get(job).state == "queued"

    asyncio.run(scenario())


def test_session_permits_what_the_role_permits(farm: PageFarm) -> None:
    async def scenario() -> None:
        analyst, admin = await farm.signed_in("analyst"), await farm.signed_in()
        job = await farm.job(admin)
        refused = await analyst.delete(f"/v1/jobs/{job}", headers=OWN)
        assert refused.status_code == 403
        assert "Transcribe recordings" not in (await analyst.get("/page/jobs")).text
        submitter = await farm.signed_in("submitter")
        assert (await submitter.get("/page/jobs")).status_code == 403

    asyncio.run(scenario())
