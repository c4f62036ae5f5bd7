"""Flower shows a running farm to users who log in, without secrets or transcripts."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.acceptance.observability.conftest import Watched
from tests.support import flower as a_flower
from tests.support.environment import environment
from tests.support.flower import PAGES, PASSWORD, TASK_EVENTS, Flower
from tests.support.recordings import SUPPORT_CALL
from tests.support.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def flower(idle: Watched, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flower]:
    data = str(idle.farm.data_dir)
    with a_flower.started(tmp_path_factory.mktemp("flower"), WHISPERFARM_DATA_DIR=data) as running:
        until(lambda: TASK_EVENTS in idle.log.read_text(), "the worker to send events of tasks")
        yield running


@pytest.fixture(scope="module")
def job_id(idle: Watched, flower: Flower) -> str:
    """Return a job that finished while Flower was running."""
    job_id = idle.farm.submit(SUPPORT_CALL, filename=idle.secrets.filename)
    idle.farm.ended(job_id)
    return job_id


@pytest.mark.parametrize("page", PAGES)
def test_flower_shows_nothing_without_the_login(flower: Flower, page: str) -> None:
    assert httpx.get(flower.url + page).status_code == 401
    assert httpx.get(flower.url + page, auth=("operator", "wrong")).status_code == 401


def test_health_check_needs_no_login(flower: Flower) -> None:
    answer = httpx.get(f"{flower.url}/healthcheck")
    assert (answer.status_code, answer.text) == (200, "OK")


def test_task_has_the_id_of_its_job(flower: Flower, job_id: str) -> None:
    row = flower.task(job_id)
    assert row["name"] == "transcribe demo"
    assert row["worker"] in flower.workers()
    assert not {row["args"], row["kwargs"], row["result"]} - {""}
    assert flower.http.get(f"/task/{job_id}").status_code == 200


def test_workers_have_their_queues(flower: Flower) -> None:
    [worker] = flower.workers().values()
    assert [queue["name"] for queue in worker["active_queues"]] == ["whisperfarm.demo"]


def test_flower_shows_no_secret_and_no_recording(
    flower: Flower, idle: Watched, job_id: str
) -> None:
    flower.task(job_id)
    shown = flower.everything() + flower.http.get(f"/task/{job_id}").text + flower.log.read_text()
    known = idle.secrets
    hidden = (known.key, known.signing, known.filename, PASSWORD, "customer support")
    assert job_id in shown
    assert not [one for one in hidden if one in shown]


@pytest.mark.parametrize(
    "action", ["task/revoke/x", "task/send-task/whisperfarm.transcribe", "worker/shutdown/w"]
)
def test_flower_rejects_changes(flower: Flower, action: str) -> None:
    answer = flower.http.post(f"/api/{action}", json={"args": ["x"]})
    assert answer.status_code == 403


def test_flower_without_a_login_accepts_only_local_hosts(tmp_path: Path) -> None:
    with a_flower.started(tmp_path, login=False, WHISPERFARM_DATA_DIR=str(tmp_path)) as page:
        assert httpx.get(f"{page.url}/tasks").status_code == 200
        foreign = [{"Host": "evil.example"}, {"Origin": "https://evil.example"}]
        answers = [httpx.get(f"{page.url}/tasks", headers=headers) for headers in foreign]
    assert [answer.status_code for answer in answers] == [403, 403]


def _refused(**settings: str) -> str:
    command = [sys.executable, "-m", "whisperfarm", "flower"]
    ended = subprocess.run(
        command,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 78
    return ended.stderr


def test_flower_requires_a_login_for_other_hosts(tmp_path: Path) -> None:
    data = {"WHISPERFARM_DATA_DIR": str(tmp_path)}
    said = _refused(WHISPERFARM_FLOWER_HOST="::", **data)
    assert "other hosts could see the jobs on ::" in said


def test_incomplete_login_is_rejected(tmp_path: Path) -> None:
    data = {"WHISPERFARM_DATA_DIR": str(tmp_path)}
    assert "set both or neither" in _refused(WHISPERFARM_FLOWER_USER="operator", **data)


def test_command_line_does_not_show_the_password(flower: Flower) -> None:
    lines = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    assert any("-m whisperfarm flower" in line for line in lines)
    assert not [line for line in lines if PASSWORD in line]


def test_limits_of_the_guide_hold(flower: Flower) -> None:
    """`docs/how-to/observability.md` says so."""
    assert flower.http.get("/broker").status_code == 404
    assert httpx.get(f"{flower.url}/api/tasks").status_code == 401
    assert flower.http.get("/api/tasks").status_code == 200
