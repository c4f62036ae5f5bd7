"""`whisperfarm watch` against a running dispatcher: files that appear in every way."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.integration.dispatcher.farm import DEADLINE_S, DispatcherFarm, started
from tests.integration.dispatcher.watching import QUICK, Folders
from tests.integration.dispatcher.workers import answering
from tests.servers.ports import free_ports
from tests.support.environment import environment
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm.watch.settings import WatchSettings
from whisperfarm.watch.watcher import Watcher
from whisperfarm_client import Farm
from whisperfarm_contract.problems import AudioUnreadable, FarmUnavailable, UnknownOption


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    folder = tmp_path_factory.mktemp("farm")
    with started(folder, dispatch_interval_s=0.01) as farm, answering(farm):
        yield farm


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


@pytest.fixture
def jobs(served: DispatcherFarm) -> Callable[[], int]:
    """Return the count of jobs since the test began."""
    before = len(served.jobs())
    return lambda: len(served.jobs()) - before


def test_recordings_of_all_folders_are_transcribed_once(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    folders.put("call.wav", wav(seconds=0.1))
    folders.put("a/b/call.WAV", wav(seconds=0.2))
    folders.put("notes.txt", b"not a recording")
    (folders.intake / ".hidden.wav").write_bytes(wav())
    with folders.watched(served, formats=("json", "txt")):
        folders.expect("call.json", "call.txt", "a/b/call.json", "a/b/call.txt")
        folders.put("later.wav", wav(seconds=0.3))
        until(lambda: "later.txt" in folders.outputs(), "the later recording")
    assert json.loads((folders.output / "call.json").read_text())["text"] == "hello there"
    with folders.watched(served):
        folders.put("last.wav", wav(seconds=0.4))
        until(lambda: "last.json" in folders.outputs(), "the last recording")
    assert jobs() == 4
    assert served.jobs()[0].audio.filename == "last.wav"


def test_two_watchers_make_one_job_for_each_recording(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    for number in range(10):
        folders.put(f"{number}.wav", wav(seconds=0.1 + number / 100))
    with folders.watched(served, done="move"), folders.watched(served, done="move"):
        folders.expect(*(f"{number}.json" for number in range(10)))
        until(lambda: len(list((folders.intake / "done").iterdir())) == 10, "all in `done`")
    assert jobs() == 10
    assert [path.name for path in folders.intake.iterdir()] == ["done"]


def test_file_that_grows_is_transcribed_when_it_is_complete(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    whole = wav(seconds=1.0)
    path = folders.intake / "slow.wav"
    with path.open("wb") as file, folders.watched(served):
        file.write(whole[:1000])  # the header says more than the file has
        file.flush()
        folders.put("first.wav", wav(seconds=0.1))
        folders.expect("first.json")
        folders.put("second.wav", wav(seconds=0.11))
        folders.expect("first.json", "second.json")
        file.write(whole[1000:])
        file.flush()
        folders.expect("first.json", "second.json", "slow.json")
    assert jobs() == 3
    assert served.jobs()[0].audio.size_bytes == len(whole)


def test_abandoned_recording_is_transcribed_at_last(
    served: DispatcherFarm, folders: Folders
) -> None:
    folders.put("cut.wav", wav(seconds=1.0)[:10_000])
    with folders.watched(served, abandoned_after_s=0.1):
        folders.expect("cut.json")


def test_changed_recording_is_transcribed_again(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    folders.put("call.wav", wav(seconds=0.1))
    with folders.watched(served):
        folders.expect("call.json")
        folders.put("call.wav", wav(seconds=0.2))
        until(lambda: jobs() == 2, "the second job")
        until(lambda: len(folders.reports) == 2, "its end")


def test_failed_recording_is_tried_again_when_it_changes(
    served: DispatcherFarm, folders: Folders
) -> None:
    folders.put("bad.wav", b"this is a text")
    folders.put("empty.wav", b"")
    with folders.watched(served):
        folders.expect("bad.error.txt", "empty.error.txt")
        assert AudioUnreadable.name in (folders.output / "bad.error.txt").read_text()
        folders.put("bad.wav", wav(seconds=0.1))
        folders.expect("bad.json", "empty.error.txt")
    assert [line for line in folders.reports if line.startswith("empty.wav")][1:] == []


def test_failed_and_done_recordings_are_moved_or_deleted(
    served: DispatcherFarm, folders: Folders
) -> None:
    folders.put("a/bad.wav", b"this is a text")
    folders.put("a/good.wav", wav(seconds=0.1))
    with folders.watched(served, done="delete", failed="move"):
        folders.expect("a/bad.error.txt", "a/good.json")
        until((folders.intake / "failed/a/bad.wav").exists, "the failed recording")
        until(lambda: not (folders.intake / "a/good.wav").exists(), "the end of the other one")
        folders.put("a/bad.wav", b"this is another text")
        until(lambda: len(list((folders.intake / "failed/a").iterdir())) == 2, "both failed ones")
        folders.put("a/good.mp3", wav(seconds=0.2))
        folders.expect("a/bad.error.txt", "a/good.json", "a/good.mp3.json")
        until(lambda: folders.value("whisperfarm_watch_waiting") == 0, "no waiting recording")
    ended = "whisperfarm_watch_recordings_total"
    assert [folders.value(ended, outcome=one) for one in ("done", "failed")] == [2, 2]


def test_folder_that_is_gone_is_awaited(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    folders.put("call.wav", wav(seconds=0.1))
    away, available = folders.intake.with_name("away"), "whisperfarm_watch_folder_up"
    with folders.watched(served):
        until(lambda: "call.wav: done" in "".join(folders.reports), "the report")
        for folder in (folders.intake, folders.output):
            folder.rename(away)
            until(lambda: "waiting for it" in folders.reports[-1], "the report")
            assert folders.value(available, folder=folder.name) == 0
            away.rename(folder)
            until(lambda: "there again" in folders.reports[-1], "the report")
            assert folders.value(available, folder=folder.name) == 1
        folders.put("later.wav", wav(seconds=0.2))
        folders.expect("call.json", "later.json")
    assert jobs() == 2


def test_renamed_recording_is_another_one(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    path = folders.put("call.wav", wav(seconds=0.1))
    with folders.watched(served):
        folders.expect("call.json")
        path.rename(path.with_name("other.wav"))
        folders.expect("call.json", "other.json")
    assert jobs() == 2


def test_farm_that_is_unreachable_is_awaited(
    served: DispatcherFarm, folders: Folders, tmp_path: Path
) -> None:
    folders.put("call.wav", wav(seconds=0.1))
    unreachable = Farm("http://127.0.0.1:1", timeout_s=0.01, environ={})
    farms = iter([unreachable])
    settings = WatchSettings(**QUICK, intake=folders.intake, output=folders.output)

    def open_farm() -> Farm:
        return next(farms, None) or Farm(served.url, environ={})

    stop = threading.Event()
    watcher = Watcher(settings, open_farm, folders.reports.append, folders.metrics)
    thread = threading.Thread(target=watcher.run, args=[stop])
    thread.start()
    folders.expect("call.json")
    stop.set()
    thread.join(DEADLINE_S)
    assert all(FarmUnavailable.name in line for line in folders.reports[:-1])


def test_invalid_option_ends_the_watcher(served: DispatcherFarm, folders: Folders) -> None:
    folders.put("call.wav", wav(seconds=0.1))
    options = {"no_such_option": "1"}
    settings = WatchSettings(**QUICK, intake=folders.intake, output=folders.output, options=options)
    watcher = Watcher(
        settings, lambda: Farm(served.url, environ={}), folders.reports.append, folders.metrics
    )
    with pytest.raises(UnknownOption):
        watcher.run(threading.Event())


def test_calls_of_siprec_are_transcribed_by_channel(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    for name in ("call-1leg0.wav", "call-1leg1.wav"):
        folders.put(name, wav(seconds=0.2, rate_hz=8000))
    folders.put("call-1.wav", wav(seconds=0.2, rate_hz=8000, channels=2))
    folders.put("call-1.wav.locations", b"[]")
    folders.put("call-1.wav.pii.json", b"{}")
    folders.put("call-2.siprec", b"encrypted")
    folders.put("call-3leg0.wav", wav(seconds=0.3, rate_hz=8000))
    with folders.watched(served, layout="siprec"):
        folders.expect("call-1.json", "call-3leg0.json")
        until(lambda: any("by itself" in line for line in folders.reports), "the warning")
    found = {job.labels.reference: job.options.channels for job in served.jobs()[: jobs()]}
    assert found == {"call-1": "speakers", "call-3": "mix"}


def test_legs_of_siprec_are_one_call(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    for number, seconds in enumerate((2.0, 1.5)):
        leg = folders.put(f"call-4leg{number}.wav", wav(seconds=seconds, rate_hz=8000))
        os.utime(leg, (1_700_000_000, 1_700_000_000))
    options = {"channels": "speakers", "channel_names": "agent,customer,guest"}
    with folders.watched(served, layout="siprec", done="delete", options=options):
        folders.expect("call-4leg0.json")
        until(lambda: not list(folders.intake.iterdir()), "both legs to be deleted")
    (job,) = served.jobs()[: jobs()]
    assert job.labels.reference == "call-4"
    assert job.options.to_wire() == {"leg_offset_s": "0,0.5", "leg_name": "agent,customer"}


def test_leg_that_fails_does_not_cost_the_others(tmp_path: Path, folders: Folders) -> None:
    for number, seconds in enumerate((2.0, 0.5)):
        folders.put(f"call-5leg{number}.wav", wav(seconds=seconds, rate_hz=8000))
    with (
        started(tmp_path / "farm", dispatch_interval_s=0.01, max_audio_s=1) as farm,
        answering(farm),
        folders.watched(farm, layout="siprec", failed="move"),
    ):
        folders.expect("call-5leg0.error.txt", "call-5leg1.json")
        until(lambda: list((folders.intake / "failed").glob("*")), "the long leg to be moved")
        assert (folders.intake / "call-5leg1.wav").is_file()
        (job,) = farm.jobs()
        assert (job.labels.reference, job.options.to_wire()) == ("call-5", {})


@pytest.mark.slow
def test_killed_watcher_continues_with_the_same_jobs(
    served: DispatcherFarm, folders: Folders, jobs: Callable[[], int]
) -> None:
    count, kills = 60, 4
    for number in range(count):
        folders.put(f"{number % 3}/{number}.wav", wav(seconds=0.1 + number / 1000))
    for kill in range(1, kills + 1):
        with _process(served, folders) as process:
            least = kill * count // (kills + 1)
            until(partial(folders.has_outputs, least), f"{least} outputs")
            process.kill()
    [port] = free_ports(1)
    with _process(served, folders, "--metrics-port", str(port)) as process:
        folders.expect(*(f"{number % 3}/{number}.json" for number in range(count)))
        until(lambda: len(list((folders.intake / "done").rglob("*.wav"))) == count, "all in `done`")
        served_at = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{served_at}/readyz").text == "ok\n"
        shown = httpx.get(f"{served_at}/metrics").text
        assert 'whisperfarm_watch_folder_up{folder="intake"} 1' in shown
        process.terminate()
        assert process.wait(DEADLINE_S) == 0
    assert jobs() == count


@contextmanager
def _process(
    farm: DispatcherFarm, folders: Folders, *more: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the command until the block ends; then it is killed."""
    flags = ("--settle", "0.05", "--interval", "0.02", "--done", "move", "--url", farm.url)
    line = ("watch", folders.intake, "--output", folders.output, *flags, *more)
    process = subprocess.Popen([sys.executable, "-m", "whisperfarm", *line], env=environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait(DEADLINE_S)
