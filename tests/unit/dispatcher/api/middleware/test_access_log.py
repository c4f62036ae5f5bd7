"""One log line per response."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from structlog.testing import capture_logs

from whisperfarm_contract.problems import JobNotFound
from whisperfarm_dispatcher.api import errors
from whisperfarm_dispatcher.api.middleware.access_log import AccessLogMiddleware
from whisperfarm_dispatcher.api.middleware.head_requests import HeadMiddleware
from whisperfarm_store import events


def app() -> FastAPI:
    made = FastAPI(exception_handlers=errors.HANDLERS)

    @made.get("/v1/jobs/{job_id}")
    async def job(job_id: str) -> dict[str, str]:
        return {"id": job_id}

    @made.get("/handed-in")
    async def handed_in(request: Request) -> None:
        request.state.job = "j2"

    @made.get("/v1/jobs/{job_id}/result")
    async def result(request: Request, job_id: str) -> None:
        raise JobNotFound(job_id)

    @made.get("/broken")
    async def broken() -> None:
        raise RuntimeError("by a fault of ours")

    @made.get("/page/files/{name}")
    async def page_file(name: str) -> None:
        if name != "style.css":
            raise JobNotFound(name)

    made.add_middleware(AccessLogMiddleware)
    made.add_middleware(HeadMiddleware)
    return made


def line_of(
    path: str, method: str = "GET", event: str = events.http.responded.name
) -> dict[str, Any]:
    async def ask() -> None:
        transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://farm") as client:
            await client.request(method, path)

    with capture_logs() as logs:
        asyncio.run(ask())
    [line] = [one for one in logs if one["event"] == event]
    assert line.pop("took_ms") >= 0
    return dict(line)


@pytest.mark.parametrize(
    ("path", "received"),
    [
        ("/v1/jobs/j1", {"route": "/v1/jobs/{job_id}", "status": 200, "job": "j1"}),
        (
            "/v1/jobs/j1/result?prompt=secret",
            {
                "route": "/v1/jobs/{job_id}/result",
                "status": 404,
                "job": "j1",
                "problem": "job-not-found",
            },
        ),
        ("/handed-in", {"route": "/handed-in", "status": 200, "job": "j2"}),
        ("/nowhere", {"route": "none", "status": 404, "problem": "client-error"}),
        ("/broken", {"route": "/broken", "status": 500, "problem": "internal-error"}),
    ],
)
def test_access_log_has_route_job_and_problem(path: str, received: dict[str, Any]) -> None:
    common = {
        "event": "http.responded",
        "log_level": "info",
        "method": "GET",
        "path": path.partition("?")[0],
    }
    assert line_of(path) == {**common, **received}


def test_line_has_the_method_of_the_request() -> None:
    line = line_of("/v1/jobs/j1", "HEAD")
    assert (line["method"], line["status"], line["job"]) == ("HEAD", 200, "j1")


def test_file_of_the_page_is_logged_at_debug_unless_it_is_missing() -> None:
    served = line_of("/page/files/style.css", event=events.http.file_served.name)
    assert (served["log_level"], served["status"]) == ("debug", 200)
    assert line_of("/page/files/nothing.js")["log_level"] == "info"
