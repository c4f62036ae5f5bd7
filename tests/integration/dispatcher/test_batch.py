"""`whisperfarm batch` against a farm whose worker ends every job at once."""

import csv
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import DispatcherFarm, started
from tests.integration.dispatcher.workers import answering
from tests.servers.s3 import S3Server
from tests.support.recordings import wav
from tests.support.waiting import until
from whisperfarm.batch import session
from whisperfarm.batch.manifest import Row, State, open_manifest
from whisperfarm.batch.request import MANIFEST_NAME, Request
from whisperfarm.batch.sources.source import open_source
from whisperfarm_client.settings import connection
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import (
    AudioUnreadable,
    EngineFailed,
    InvalidApiKey,
    InvalidOption,
    MissingAudio,
    Problem,
    UnknownModel,
)
from whisperfarm_store.ledger import Pause

Batch = Callable[..., int]
RECORDINGS = ("a/call.wav", "b/call.wav", "c.mp3", "c.m4a", "d.WAV")
OUTPUTS = ["a/call.json", "b/call.json", "c.m4a.json", "c.mp3.json", "d.json"]
BUCKET = S3Server.bucket
FAILING = "fails-once.wav"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Return a folder with five recordings and a file that is none."""
    folder = tmp_path / "calls"
    for number, name in enumerate(RECORDINGS, start=1):
        write(folder / name, wav(seconds=number / 10))
    write(folder / "notes.txt", b"no recording")
    return folder


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DispatcherFarm]:
    """Run a farm. The first job of each recording called `FAILING` fails."""
    seen: set[str] = set()

    def problem_of(job: Job) -> Problem | None:
        is_new = job.audio.filename == FAILING and job.audio.sha256 not in seen
        seen.add(job.audio.sha256)
        return EngineFailed("no luck") if is_new else None

    folder = tmp_path_factory.mktemp("farm")
    with started(folder) as running, answering(running, problem_of=problem_of):
        yield running


@pytest.fixture
def batch(farm: DispatcherFarm) -> Batch:
    """Return a function that runs the batch of a source, and returns its exit code."""
    return lambda source, **flags: run(farm.url, source, **flags)


def run(
    url: str,
    source: Path | str,
    *,
    include: tuple[str, ...] = (),
    key: str | None = None,
    **flags: Any,
) -> int:
    defaults = {
        "options": {}, "output": None, "formats": ("json",), "manifest": None,
        "dry_run": False, "retry_failed": False, "summary": None, "senders": 4, "max_jobs": 100,
    }  # fmt: skip
    flags = {**defaults, **flags}
    request = Request(
        farm=connection({}, url=url, key=key),
        timeout_s=20,
        source=open_source(str(source), flags["options"], include=include, exclude=()),
        **flags,
    )
    return session.transcribe(request)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def outputs(folder: Path, suffix: str = ".json") -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob(f"*{suffix}"))


def rows(folder: Path) -> dict[str, Row]:
    manifest = open_manifest(folder / MANIFEST_NAME, str(folder))
    found = manifest.rows()
    manifest.close()
    return found


def save(folder: Path, *changed: Row) -> None:
    manifest = open_manifest(folder / MANIFEST_NAME, str(folder))
    manifest.save(*changed)
    manifest.close()


def table_of(printed: str) -> str:
    """Return the table of failures; the farm in this process logs to the same stdout."""
    return printed[printed.index("FAILED ") :]


def jobs_of(farm: DispatcherFarm, folder: Path) -> list[Job]:
    """Return the jobs of the folder's batch, newest first."""
    manifest = open_manifest(folder / MANIFEST_NAME, str(folder))
    manifest.close()
    return [job for job in farm.jobs() if job.labels.batch == manifest.batch_id]


def test_each_recording_has_one_job_and_one_output(
    batch: Batch, farm: DispatcherFarm, calls: Path
) -> None:
    assert batch(calls) == 0
    assert outputs(calls) == OUTPUTS
    assert json.loads((calls / "a/call.json").read_bytes())["text"] == "hello there"
    assert sorted(job.audio.filename for job in jobs_of(farm, calls)) == sorted(
        Path(name).name for name in RECORDINGS
    )


def test_second_run_does_nothing_and_says_so(
    batch: Batch, farm: DispatcherFarm, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    batch(calls)
    capsys.readouterr()
    assert batch(calls) == 0
    assert "nothing to do: 5 done, 0 failed" in capsys.readouterr().err
    assert len(jobs_of(farm, calls)) == 5


def test_output_of_an_earlier_run_is_no_recording(
    batch: Batch, farm: DispatcherFarm, calls: Path
) -> None:
    (calls / "notes.txt").unlink()
    batch(calls, include=("*",))
    assert batch(calls, include=("*",)) == 0
    assert len(jobs_of(farm, calls)) == 5


def test_tree_is_mirrored_in_all_formats(batch: Batch, calls: Path, tmp_path: Path) -> None:
    tree = tmp_path / "transcripts"
    assert batch(calls, output=tree, formats=("srt", "txt")) == 0
    assert outputs(tree, ".srt") == [name.replace(".json", ".srt") for name in OUTPUTS]
    assert (tree / "c.mp3.txt").read_text() == "hello there\n"
    assert outputs(calls) == []


def test_changed_recording_is_done_again_and_touched_one_is_not(
    batch: Batch, farm: DispatcherFarm, calls: Path
) -> None:
    batch(calls)
    write(calls / "a/call.wav", wav(seconds=0.9))
    os.utime(calls / "b/call.wav", ns=(1, 1))
    assert batch(calls) == 0
    newest, *others = jobs_of(farm, calls)
    assert newest.audio.size_bytes == len(wav(seconds=0.9))
    assert len(others) == 5
    assert rows(calls)["b/call.wav"].modified_ns == 1


def test_other_options_make_other_jobs(batch: Batch, farm: DispatcherFarm, calls: Path) -> None:
    batch(calls)
    assert batch(calls, options={"language": "en"}) == 0
    assert [job.options.language for job in jobs_of(farm, calls)] == ["en"] * 5 + [None] * 5


def test_missing_output_is_fetched_again_without_a_job(
    batch: Batch, farm: DispatcherFarm, calls: Path
) -> None:
    batch(calls)
    (calls / "d.json").unlink()
    assert batch(calls, formats=("json", "srt")) == 0
    assert outputs(calls) == OUTPUTS
    assert len(outputs(calls, ".srt")) == 5
    assert len(jobs_of(farm, calls)) == 5


def test_submission_that_the_manifest_has_not_recorded_makes_no_second_job(
    batch: Batch, farm: DispatcherFarm, calls: Path
) -> None:
    batch(calls)
    row = rows(calls)["d.WAV"]
    save(calls, replace(row, state=State.PENDING, job_id=None, digest=None, formats=""))
    (calls / "d.json").unlink()
    assert batch(calls) == 0
    assert outputs(calls) == OUTPUTS
    assert rows(calls)["d.WAV"] == row
    assert len(jobs_of(farm, calls)) == 5


def test_recording_whose_job_the_farm_has_deleted_is_sent_again(
    batch: Batch, farm: DispatcherFarm, calls: Path
) -> None:
    batch(calls)
    row = rows(calls)["d.WAV"]
    save(calls, replace(row, state=State.SUBMITTED, job_id="deleted"))
    assert batch(calls) == 0
    assert rows(calls)["d.WAV"].attempt == 2
    assert len(jobs_of(farm, calls)) == 6


def test_failures_are_listed_and_retried_on_request(
    batch: Batch, farm: DispatcherFarm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "calls"
    write(folder / FAILING, wav(seconds=0.7))
    write(folder / "no-audio.wav", b"no audio")
    write(folder / "good.wav", wav(seconds=0.8))
    assert batch(folder) == EngineFailed.exit_code
    table = table_of(capsys.readouterr().out)
    assert "engine-failed" in table
    assert "audio-unreadable" in table
    assert "good.wav" not in table
    assert batch(folder) == EngineFailed.exit_code
    printed = capsys.readouterr()
    assert "nothing to do: 1 done, 2 failed; --retry-failed" in printed.err
    assert table_of(printed.out) == table
    assert len(jobs_of(farm, folder)) == 2
    assert batch(folder, retry_failed=True) == AudioUnreadable.exit_code
    assert outputs(folder) == ["fails-once.json", "good.json"]
    assert len(jobs_of(farm, folder)) == 3


def test_list_gives_options_by_column(
    batch: Batch, farm: DispatcherFarm, calls: Path, tmp_path: Path
) -> None:
    elsewhere = write(tmp_path / "elsewhere/e.wav", wav(seconds=0.6))
    text = f"path,language,reference\na/call.wav,en,call-1\n{elsewhere},,call-2\nmissing.wav,,\n"
    path = write(calls / "list.csv", text.encode())
    tree = tmp_path / "transcripts"
    assert batch(path, output=tree) == MissingAudio.exit_code
    assert outputs(tree) == ["a/call.json", f"{elsewhere.with_suffix('.json')}".lstrip("/")]
    manifest = open_manifest(tree / MANIFEST_NAME, str(calls))
    manifest.close()
    found = {job.labels.reference: job for job in farm.jobs()}
    assert found["call-1"].options.language == "en"
    assert found["call-2"].options.language is None
    assert manifest["missing.wav"].problem == "missing-audio"


def test_dry_run_prints_what_would_be_sent(
    batch: Batch, farm: DispatcherFarm, calls: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(farm.jobs())
    assert batch(calls, dry_run=True) == 0
    printed = capsys.readouterr().out
    assert f"{calls}/c.mp3 -> {calls}/c.mp3.json (new)" in printed
    assert "5 recordings: 0 done, 0 failed, 5 to do (5 new)" in printed
    assert not (calls / MANIFEST_NAME).exists()
    assert len(farm.jobs()) == before


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ({"options": {"model": "unknown"}}, UnknownModel),
        ({"include": ("*.flac",)}, MissingAudio),
    ],
)
def test_problem_of_all_recordings_ends_the_run(
    batch: Batch, calls: Path, flags: dict[str, Any], problem: type[Problem]
) -> None:
    with pytest.raises(problem):
        batch(calls, **flags)
    if problem is UnknownModel:
        assert {row.state for row in rows(calls).values()} == {State.PENDING}


def test_invalid_key_ends_the_run(calls: Path, tmp_path: Path) -> None:
    with started(tmp_path / "farm", api_keys="default:right") as guarded:
        with pytest.raises(InvalidApiKey):
            run(guarded.url, calls, key="wrong")
        assert guarded.jobs() == []


def test_busy_farm_gets_all_recordings_without_a_storm(calls: Path, tmp_path: Path) -> None:
    def refused() -> int:
        return sum(one.get("status") == 503 for one in list(logs))

    with (
        started(tmp_path / "farm") as busy,
        answering(busy),
        capture_logs() as logs,
        ThreadPoolExecutor(1) as pool,
    ):
        busy.deps.ledger.pauses.set(Pause(dispatch=False, retry_after_s=1))
        ended = pool.submit(run, busy.url, calls, senders=5)
        until(lambda: refused() > 0, "a sender is refused")
        busy.deps.ledger.pauses.end()
        assert ended.result() == 0
        assert len(busy.jobs()) == 5
    # Each sender is refused at most once: then all of them wait, and one of them tries.
    assert refused() <= 5


@pytest.mark.parametrize("name", ["summary.csv", "summary.json"])
def test_summary_has_each_recording(batch: Batch, calls: Path, tmp_path: Path, name: str) -> None:
    write(calls / "no-audio.wav", b"no audio")
    path = tmp_path / name
    assert batch(calls, summary=path) == AudioUnreadable.exit_code
    if path.suffix == ".csv":
        found = list(csv.DictReader(path.read_text().splitlines()))
    else:
        document = json.loads(path.read_bytes())
        assert document["counts"] == {"pending": 0, "submitted": 0, "done": 5, "failed": 1}
        found = document["recordings"]
    states = {one["path"]: (one["state"], one["problem"] or "") for one in found}
    assert states == {
        **dict.fromkeys(RECORDINGS, ("done", "")),
        "no-audio.wav": ("failed", "audio-unreadable"),
    }


def test_bucket(batch: Batch, s3_server: S3Server, s3: Any, tmp_path: Path) -> None:
    for key in ("calls/a/call.wav", "calls/b/call.wav", "calls/notes.txt", "others/call.wav"):
        s3.put_object(Bucket=s3_server.bucket, Key=key, Body=wav(seconds=0.2))
    url, tree = f"s3://{s3_server.bucket}/calls/", tmp_path / "transcripts"
    with pytest.raises(InvalidOption, match="--output"):
        batch(url)
    assert batch(url, output=tree) == 0
    assert outputs(tree) == ["a/call.json", "b/call.json"]
    with pytest.raises(InvalidOption, match="cannot be listed"):
        batch("s3://unknown/", output=tree)


def test_rows_of_one_call_are_one_job(batch: Batch, farm: DispatcherFarm, tmp_path: Path) -> None:
    for name in ("in.wav", "out.wav", "single.wav", "other.wav"):
        write(tmp_path / name, wav(seconds=0.2))
    listed = tmp_path / "list.csv"
    listed.write_text(
        "path,call,leg_offset_s,leg_name\nin.wav,7,0,agent\nout.wav,7,1.5,\nsingle.wav,,,\n"
        "other.wav,8,,\nabsent.wav,8,,\n"
    )
    assert batch(listed) == 66
    assert outputs(tmp_path) == ["in.json", "single.json"]
    options = {job.audio.filename: job.options.to_wire() for job in jobs_of(farm, tmp_path)}
    legs = {"leg_offset_s": "0,1.5", "leg_name": "agent,"}
    assert options == {"in.wav": legs, "single.wav": {}}
    failed = rows(tmp_path)["other.wav"]
    absent = tmp_path / "absent.wav"
    assert failed.detail == f"{absent} cannot be read: No such file or directory"
    write(absent, wav(seconds=0.3))
    assert batch(listed) == 0
    assert outputs(tmp_path) == ["in.json", "other.json", "single.json"]
    assert len(jobs_of(farm, tmp_path)) == 3


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a client of the server that the batch uses."""
    monkeypatch.setenv("WHISPERFARM_S3_ENDPOINT_URL", s3_server.endpoint)
    monkeypatch.setenv("WHISPERFARM_S3_ACCESS_KEY_ID", s3_server.access_key)
    monkeypatch.setenv("WHISPERFARM_S3_SECRET_ACCESS_KEY", s3_server.secret_key)
    client = s3_server.client()
    yield client
    client.close()


def objects(s3: Any, prefix: str) -> list[str]:
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", ())
    return sorted(one["Key"].removeprefix(prefix) for one in found)


def test_transcripts_are_written_to_a_bucket_and_continued(
    batch: Batch,
    farm: DispatcherFarm,
    s3: Any,
    calls: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url, written = f"s3://{BUCKET}/to/there", "to/there/"
    write(calls / "e f/grüße.wav", wav(seconds=0.6))
    run_again: dict[str, Any] = {"output": url, "summary": calls.parent / "summary.json"}
    assert batch(calls, output=url, dry_run=True) == 0
    assert f"call.wav -> {url}/a/call.json (new)" in capsys.readouterr().out
    assert objects(s3, written) == []
    assert batch(calls, **run_again) == 0
    owner = ".whisperfarm-batch.json"
    assert objects(s3, written) == [owner, *OUTPUTS, "e f/grüße.json"]
    s3.delete_object(Bucket=BUCKET, Key=f"{written}d.json")
    capsys.readouterr()
    assert batch(calls, **run_again) == 0
    assert "5 done, 0 failed, 1 to do (1 output missing)" in capsys.readouterr().err
    body = s3.get_object(Bucket=BUCKET, Key=f"{written}d.json")["Body"].read()
    assert json.loads(body)["text"] == "hello there"
    summary = json.loads(run_again["summary"].read_bytes())
    assert len([job for job in farm.jobs() if job.labels.batch == summary["batch"]]) == 6
    with pytest.raises(InvalidOption, match="has the transcripts of"):
        batch(calls / "a", output=url)


def test_object_that_the_server_refuses_fails_alone(
    batch: Batch, farm: DispatcherFarm, s3: Any, tmp_path: Path
) -> None:
    calls, url = tmp_path / "calls", f"s3://{BUCKET}/refused"
    too_long = f"{'x' * 251}.wav"  # for this server, which stores objects as files
    write(calls / too_long, wav(seconds=0.2))
    write(calls / "short.wav", wav(seconds=0.2))
    summary = tmp_path / "summary.json"
    for flags in ({}, {"retry_failed": True}):
        assert batch(calls, output=url, summary=summary, **flags) == 73
        found = json.loads(summary.read_bytes())
        states = {one["path"]: (one["state"], one["problem"]) for one in found["recordings"]}
        assert states == {too_long: ("failed", "output-not-writable"), "short.wav": ("done", None)}
    assert len([job for job in farm.jobs() if job.labels.batch == found["batch"]]) == 2
    assert "refused/short.json" in objects(s3, "")


def test_bucket_to_bucket_needs_a_file_for_the_manifest(
    batch: Batch, s3: Any, tmp_path: Path
) -> None:
    s3.put_object(Bucket=BUCKET, Key="from/a/call.wav", Body=wav(seconds=0.2))
    urls = {"source": f"s3://{BUCKET}/from/", "output": f"s3://{BUCKET}/from/"}
    with pytest.raises(InvalidOption, match="--manifest"):
        batch(**urls)
    with pytest.raises(InvalidOption, match="cannot be used"):
        batch(**{**urls, "output": "s3://unknown"}, manifest=tmp_path / "manifest")
    assert batch(**urls, manifest=tmp_path / "manifest") == 0
    assert objects(s3, "from/") == [".whisperfarm-batch.json", "a/call.json", "a/call.wav"]
