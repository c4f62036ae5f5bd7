"""A dispatcher that requires keys, in this process, and the browsers of people."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from tests.support.ledger import open_migrated
from tests.support.recordings import wav
from whisperfarm_contract.identifiers import result_key
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.transcript import Coverage, Segment, Transcript, Word
from whisperfarm_dispatcher.app import create_app
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import KeyGrant
from whisperfarm_store.notifications import PollingNotifications

URL = "http://farm.example"
OWN = {"Origin": URL}
HELLO = Transcript(
    language="en",
    model="demo",
    segments=(
        Segment(start=0.1, end=0.4, text="hello", words=(Word(text="hello", start=0.1, end=0.4),)),
    ),
    coverage=Coverage(audio_s=0.5, speech_s=0.3, transcribed_s=0.3),
)


class _Broker:
    """A broker without consumers."""

    def publish(self, job_ids: Sequence[str], preset: str) -> None:
        """Publish nothing."""


class PageFarm:
    """The dispatchers of one ledger."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        settings = DispatcherSettings(data_dir=folder, require_key=True, **changes)
        ledger = open_migrated(settings.resolved_database_url)
        self.deps = Dependencies(
            settings=settings,
            presets=settings.served_presets(),
            ledger=ledger,
            blobs=FolderBlobs(folder / "blobs"),
            publisher=_Broker(),
            notifications=PollingNotifications(ledger.jobs, interval_s=0.01),
        )

    def browser(self) -> httpx.AsyncClient:
        """Return a browser without cookies at a dispatcher that has just started."""
        app = create_app(self.deps.settings, deps=self.deps)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=URL, headers={"Accept": "text/html"}
        )

    def key(
        self,
        role: str | None = "admin",
        tenant: str = "north",
        permissions: tuple[Permission, ...] = (),
    ) -> tuple[str, str]:
        """Return the id and the text of another key, with a role or permissions of its own."""
        grant = KeyGrant(tenant=tenant, role=role, permissions=permissions)
        created, text = self.deps.ledger.api_keys.create(grant)
        return created.id, text.text

    async def signed_in(
        self,
        role: str | None = "admin",
        tenant: str = "north",
        permissions: tuple[Permission, ...] = (),
    ) -> httpx.AsyncClient:
        """Return a browser in which a person with such a key has signed in."""
        browser = self.browser()
        answer = await sign_in(browser, self.key(role, tenant, permissions)[1])
        assert answer.status_code == 303, answer.text
        return browser

    async def job(self, browser: httpx.AsyncClient, filename: str = "call.wav") -> str:
        """Submit a recording. Returns the job's id."""
        sent = {"content": wav(), "headers": {**OWN, "Content-Type": "audio/wav"}}
        answer = await browser.post("/v1/jobs", params={"filename": filename}, **sent)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    async def call(self, browser: httpx.AsyncClient) -> str:
        """Submit a call in two legs. Returns the job's id."""
        files = [("file", (f"{name}.wav", wav())) for name in ("agent", "customer")]
        form = {"data": {"leg_offset_s": ["5", "0"]}, "files": files}
        answer = await browser.post("/v1/jobs", headers=OWN, **form)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def succeed(self, job_id: str, text: str = "hello") -> None:
        """End the job as a worker does."""
        job = self.deps.ledger.attempts.claim(job_id, worker="w", lease_s=60)
        assert job is not None
        key = result_key(job.tenant, job.id, job.attempt)
        [segment] = HELLO.segments
        spoken = replace(HELLO, segments=(replace(segment, text=text),))
        self.deps.blobs.put(key, json.dumps(spoken.to_wire()).encode())
        self.deps.ledger.attempts.succeed(job.id, attempt=1, result_key=key, audio_s=0.5)


async def sign_in(browser: httpx.AsyncClient, key: str, **headers: str) -> httpx.Response:
    """Send the form to sign in."""
    form = {"key": key, "next": "page/jobs"}
    return await browser.post("/page/session", data=form, headers={**OWN, **headers})
