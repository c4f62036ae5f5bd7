"""People sign in at an identity provider, and their session permits what its claims say."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest

from tests.page.farm import OWN, URL, PageFarm
from tests.page.provider import farm_of, started
from whisperfarm_contract.audit import AuditKind
from whisperfarm_dispatcher.api.sessions.cookie import COOKIE

pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config")
CALLBACK = f"{URL}/page/session/callback"
CLAIMS: dict[str, Any] = {"tenant": "north", "role": "analyst"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with started() as running:
        yield running


@pytest.fixture
def farm(tmp_path: Path, issuer: str) -> Iterator[PageFarm]:
    made = farm_of(issuer, tmp_path)
    yield made
    made.deps.ledger.close()


async def begin(browser: httpx.AsyncClient, target: str = "page/batches") -> str:
    """Return the address at the provider that the browser is led to."""
    answer = await browser.get("/page/session/begin", params={"next": target})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def confirm(address: str, issuer: str, **claims: Any) -> str:
    """Sign in at the provider. Returns the address that it leads back to."""
    async with httpx.AsyncClient() as http:
        await http.put(f"{issuer}/users/ada", json=CLAIMS | claims)
        answer = await http.post(address, data={"sub": "ada"})
    return answer.headers["location"]


async def signed_in(farm: PageFarm, issuer: str, **claims: Any) -> httpx.AsyncClient:
    browser = farm.browser()
    back = await confirm(await begin(browser), issuer, **claims)
    assert (await browser.get(back)).status_code == 200
    return browser


def test_person_signs_in_and_out(farm: PageFarm, issuer: str) -> None:
    async def scenario() -> None:
        browser = farm.browser()
        form = await browser.get("/page/jobs")
        assert "page/session/begin?next=page/jobs" in form.text
        address = await begin(browser)
        sent = parse_qs(urlsplit(address).query)
        assert sent["redirect_uri"] == [CALLBACK]
        assert sent["code_challenge_method"] == ["S256"]
        done = await browser.get(await confirm(address, issuer))
        assert 'content="0; url=../../page/batches"' in done.text
        assert "SameSite=strict" in done.headers["set-cookie"]
        assert (await browser.get("/page/batches")).status_code == 200
        entry = farm.deps.ledger.audit_log.last(AuditKind.SIGNED_IN)
        assert entry is not None
        assert '"actor":"token-' in entry.body.replace(" ", "")
        secret = browser.cookies[COOKIE]
        await browser.post("/page/session/end", headers=OWN)
        browser.cookies.set(COOKIE, secret)
        assert (await browser.get("/page/batches")).status_code == 401

    asyncio.run(scenario())


def test_role_and_tenant_are_those_of_the_claims(farm: PageFarm, issuer: str) -> None:
    async def scenario() -> None:
        own = await farm.job(await farm.signed_in(tenant="north"))
        other = await farm.job(await farm.signed_in(tenant="south"))
        browser = await signed_in(farm, issuer)
        assert (await browser.get(f"/v1/jobs/{own}")).status_code == 200
        assert (await browser.get(f"/v1/jobs/{other}")).status_code == 404
        assert (await browser.delete(f"/v1/jobs/{own}", headers=OWN)).status_code == 403

    asyncio.run(scenario())


REFUSED = [({"role": "unknown"}, 403), ({"role": []}, 403), ({"tenant": "../north"}, 401)]


@pytest.mark.parametrize(("claims", "status"), REFUSED)
def test_person_without_tenant_or_role_is_refused(
    farm: PageFarm, issuer: str, claims: dict[str, Any], status: int
) -> None:
    async def scenario() -> None:
        browser = farm.browser()
        answer = await browser.get(await confirm(await begin(browser), issuer, **claims))
        assert answer.status_code == status
        assert COOKIE not in browser.cookies
        entry = farm.deps.ledger.audit_log.last(AuditKind.SIGN_IN_REFUSED)
        assert entry is not None
        assert "ada" not in entry.body

    asyncio.run(scenario())


def test_answer_is_accepted_once_and_in_its_own_browser(farm: PageFarm, issuer: str) -> None:
    async def scenario() -> None:
        victim, attacker = farm.browser(), farm.browser()
        back = await confirm(await begin(attacker), issuer)
        await begin(victim)
        assert (await victim.get(back)).status_code == 401
        assert (await farm.browser().get(back)).status_code == 401
        kept = dict(attacker.cookies)
        assert (await attacker.get(back)).status_code == 200
        again = farm.browser()
        again.cookies.update(kept)
        assert (await again.get(back)).status_code == 401
        assert COOKIE not in again.cookies

    asyncio.run(scenario())


def test_code_of_another_sign_in_is_refused_by_its_nonce(farm: PageFarm, issuer: str) -> None:
    async def scenario() -> None:
        one, other = farm.browser(), farm.browser()
        stolen = parse_qs(urlsplit(await confirm(await begin(one), issuer)).query)["code"]
        state = parse_qs(urlsplit(await begin(other)).query)["state"]
        answer = await other.get(CALLBACK, params={"code": stolen, "state": state})
        assert answer.status_code == 401
        assert "another sign-in" in answer.text

    asyncio.run(scenario())


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "page/../x"])
def test_other_pages_are_not_opened(farm: PageFarm, issuer: str, target: str) -> None:
    async def scenario() -> None:
        browser = farm.browser()
        done = await browser.get(await confirm(await begin(browser, target), issuer))
        assert 'url=../../page/jobs"' in done.text

    asyncio.run(scenario())


def test_id_token_is_no_key(farm: PageFarm, issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens: list[str] = []
    decode = jwt.decode

    def record(token: str, *args: Any, **options: Any) -> Any:
        tokens.append(token)
        return decode(token, *args, **options)

    monkeypatch.setattr(jwt, "decode", record)

    async def scenario() -> None:
        await signed_in(farm, issuer)
        for key in (tokens[-1], f"id-token:{tokens[-1]}"):
            headers = {"Authorization": f"Bearer {key}"}
            assert (await farm.browser().get("/v1/jobs", headers=headers)).status_code == 401

    asyncio.run(scenario())


def test_refusal_of_the_provider_is_shown(farm: PageFarm) -> None:
    async def scenario() -> None:
        browser = farm.browser()
        state = parse_qs(urlsplit(await begin(browser)).query)["state"][0]
        denied = {"error": "access_denied", "error_description": "<b>call us</b>", "state": state}
        answer = await browser.get(CALLBACK, params=denied)
        assert answer.status_code == 401
        assert "did not confirm" in answer.text
        assert "call us" not in answer.text

    asyncio.run(scenario())


def test_session_ends_with_the_id_token(tmp_path: Path) -> None:
    with started(access_token_max_age=timedelta(seconds=300)) as issuer:
        farm = farm_of(issuer, tmp_path)

        async def scenario() -> None:
            browser = farm.browser()
            done = await browser.get(await confirm(await begin(browser), issuer))
            [cookie] = [one for one in done.headers.get_list("set-cookie") if COOKIE in one]
            age = int(cookie.partition("Max-Age=")[2].partition(";")[0])
            assert 0 < age <= 300

        asyncio.run(scenario())
        farm.deps.ledger.close()


def test_farm_without_a_provider_has_no_sign_in_there(tmp_path: Path) -> None:
    farm = PageFarm(tmp_path)

    async def scenario() -> None:
        browser = farm.browser()
        assert "session/begin" not in (await browser.get("/page/jobs")).text
        assert (await browser.get("/page/session/begin")).status_code == 404

    asyncio.run(scenario())
    farm.deps.ledger.close()
