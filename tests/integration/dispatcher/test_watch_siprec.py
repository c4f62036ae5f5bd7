"""`whisperfarm watch --siprec-url`: calls that are done go through SIPREC back to the farm."""

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from urllib3.util import Retry

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.integration.dispatcher.stub_worker import build_runner, working
from tests.integration.dispatcher.watching import Folders
from tests.servers.http_stub import serve_in_thread
from tests.servers.ports import free_ports
from tests.servers.siprec import SiprecServer
from tests.support.fake_engine import FakeEngine, noise
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm.watch.siprec_api import SiprecApi
from whisperfarm.watch.siprec_submissions import SiprecSubmissions
from whisperfarm_client import Farm

TOKEN = "of-siprec"
OPTIONS = {"channels": "speakers", "diarize": "false"}
QUICK_RETRY = Retry(total=2, backoff_factor=0, status_forcelist={503}, allowed_methods={"POST"})
METRIC = "whisperfarm_watch_siprec_submissions_total"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    folder = tmp_path_factory.mktemp("farm")
    with (
        started(folder, dispatch_interval_s=0.01) as farm,
        working(farm, build_runner(farm, folder / "scratch", FakeEngine())),
    ):
        yield farm


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


def submissions(folders: Folders, url: str, token: str = TOKEN) -> SiprecSubmissions:
    return SiprecSubmissions(
        SiprecApi(url, token=lambda: token, retry=QUICK_RETRY),
        folder=PurePosixPath(folders.intake),
        provider="whisper",
        metrics=folders.metrics,
        print_line=folders.reports.append,
    )


def call() -> bytes:
    """Return a call with two legs, at the rate of its codec."""
    return wav((noise(1.0)[0] * 32767).astype("<i2").tobytes(), rate_hz=8000, channels=2)


def test_call_is_answered_from_the_cache_when_siprec_sends_it_again(
    served: DispatcherFarm, folders: Folders, tmp_path: Path
) -> None:
    answers: list[dict[str, object]] = []

    def provider(recording: bytes) -> None:
        path = tmp_path / "whisper-audio-1.wav"
        path.write_bytes(recording)
        with Farm(served.url, environ={}) as farm:
            job = farm.submit(path, {**OPTIONS, "sample_rate": "16000"})
            farm.wait(job["id"])
            answers.append(json.loads(farm.result(job["id"], "json")))

    server = SiprecServer(folders.intake, provider, token=TOKEN, refusals=2)
    with serve_in_thread(server) as url:
        folders.put("call-1.wav", call())
        siprec = submissions(folders, url)
        with folders.watched(served, layout="siprec", options=OPTIONS, siprec=siprec):
            folders.expect("call-1.json")
            until(lambda: answers, "the transcript that SIPREC gets")
    [sent] = server.submitted
    path = str(folders.intake / "call-1.wav")
    assert sent == {"audio_path": path, "call_uuid": "call-1", "provider": "whisper"}
    made = json.loads((folders.output / "call-1.json").read_text())
    [again] = answers
    assert (again["text"], again["duration"]) == (made["text"], made["duration"])
    jobs = served.jobs()[:2]
    assert again["provenance"] == {**made["provenance"], "cache": jobs[1].id}
    assert [job.audio.duration_s for job in jobs] == [made["duration"]] * 2
    assert folders.value(METRIC, outcome="accepted") == 1


def test_transcript_is_kept_when_siprec_refuses_or_is_gone(
    served: DispatcherFarm, folders: Folders
) -> None:
    [port] = free_ports(1)
    server = SiprecServer(folders.intake, lambda _: None, token=TOKEN)
    with serve_in_thread(server) as url:
        for number, (address, why) in enumerate(
            ((url, "answers 401"), (f"http://127.0.0.1:{port}", "cannot be reached"))
        ):
            folders.put(f"call-{number}.wav", call())
            siprec = submissions(folders, address, token="another")
            with folders.watched(served, layout="siprec", options=OPTIONS, siprec=siprec):
                until(lambda why=why: why in "".join(folders.reports), "the warning")
                until(lambda: "done (job" in folders.reports[-1], "the end")
    folders.expect("call-0.json", "call-1.json")
    assert folders.value(METRIC, outcome="failed") == 2
    assert server.submitted == []
