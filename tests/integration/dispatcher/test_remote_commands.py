"""The operator's commands against a farm by its URL and key."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs

from tests.integration.dispatcher.farm import HELLO, WAV, DispatcherFarm, started
from tests.support.waiting import until
from whisperfarm.command import cli
from whisperfarm_contract.problems import (
    FarmUnavailable,
    InvalidApiKey,
    InvalidCorrection,
    InvalidOption,
    JobNotFinished,
    JobNotFound,
    PermissionDenied,
    Problem,
    RecordingExpired,
    RevisionConflict,
    UnknownModel,
)
from whisperfarm_store.ledger import KeyGrant

Run = Callable[..., Result]
UNPRINTABLE = "\x1b[2J\u202e"
KEY, OPERATOR_KEY = "key-of-acme", "key-of-an-operator"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[DispatcherFarm]:
    """Run a farm with the keys of a caller and an operator."""
    with started(
        tmp_path, api_keys=f"default:{KEY}", operator_keys=OPERATOR_KEY, presets="demo,demo-words"
    ) as running:
        yield running


@pytest.fixture
def run(guarded: DispatcherFarm, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command against the farm."""
    monkeypatch.setenv("WHISPERFARM_URL", guarded.url)
    monkeypatch.setenv("WHISPERFARM_API_KEY", KEY)

    def invoke(*line: str) -> Result:
        with capture_logs():  # the farm runs in this process and would log to the same stdout
            return CliRunner().invoke(cli, line)

    return invoke


def problem_of(ended: Result) -> type[Problem]:
    """Return the class of the problem with which the command ended."""
    assert isinstance(ended.exception, Problem), ended.output
    return type(ended.exception)


def submit(farm: DispatcherFarm, audio: bytes, **options: str) -> str:
    answer = farm.http.post(
        f"{farm.url}/v1/jobs",
        params=options,
        content=audio,
        headers={**WAV, "X-API-Key": KEY},
    )
    return str(answer.json()["id"])


def cells(ended: Result) -> list[list[str]]:
    assert ended.exit_code == 0, ended.output
    return [line.split() for line in ended.output.splitlines()]


def test_list_prints_the_jobs_that_match(run: Run, guarded: DispatcherFarm, audio: bytes) -> None:
    labels = {
        "batch": "night",
        "reference": "call-17",
        "metadata": '{"agent": "A7"}',
        "filename": "a.wav",
    }
    first = submit(guarded, audio, **labels)
    second = submit(guarded, audio, filename=f"b{UNPRINTABLE}.wav")
    head, *rows = cells(run("jobs", "list"))
    assert head[:3] == ["ID", "STATE", "MODEL"]
    assert [row[0] for row in rows] == [second, first]
    assert rows[1][1:3] == ["queued", "demo"]
    assert rows[1][4:] == ["0.5", "s", "call-17", "a.wav", "-"]
    assert rows[0][7] == r"b[2J\u202e.wav"
    for filters in (
        *(
            ("--batch", "night"),
            ("--reference", "call-17"),
            ("--metadata", "agent=A7"),
            ("--filename", "a.wav"),
        ),
        ("--state", "queued", "--to", "2999-01-01T00:00:00+01:00", "--reference", "call-17"),
    ):
        assert [row[0] for row in cells(run("jobs", "list", *filters))[1:]] == [first]
    assert len(cells(run("jobs", "list", "--limit", "1"))) == 2
    document = json.loads(run("jobs", "list", "--format", "json").output)
    assert [job["id"] for job in document["jobs"]] == [second, first]


def test_list_prints_excerpts_of_transcripts_that_match(
    run: Run, guarded: DispatcherFarm, audio: bytes
) -> None:
    found = submit(guarded, audio)
    guarded.succeed(guarded.claim(found), HELLO)
    submit(guarded, audio)

    def look() -> list[str] | None:
        _, *rows = run("jobs", "list", "--text", "hel* there").output.splitlines()
        return rows or None

    [row] = until(look, "the transcript to be indexed")
    assert row.startswith(found)
    assert row.endswith("  hello there")
    assert problem_of(run("jobs", "list", "--text", "*")) is InvalidOption


def test_show_prints_all_members(run: Run, guarded: DispatcherFarm, audio: bytes) -> None:
    job_id = submit(guarded, audio, metadata=json.dumps({"note": UNPRINTABLE}))
    shown = run("jobs", "show", job_id)
    assert ["id", job_id] in cells(shown)
    assert ["metadata.note", r"\x1b[2J\u202e"] in cells(shown)
    as_json = run("jobs", "show", job_id, "--format", "json").output
    assert json.loads(as_json)["metadata"] == {"note": UNPRINTABLE}
    assert as_json.isascii()
    assert "\x1b" not in as_json


def test_cancelled_job_is_retried(run: Run, guarded: DispatcherFarm, audio: bytes) -> None:
    job_id = submit(guarded, audio, reference="call-17")
    assert cells(run("jobs", "cancel", job_id))[1][:2] == [job_id, "cancelled"]
    new = json.loads(run("jobs", "retry", job_id, "--format", "json").output)["jobs"][0]
    assert (new["state"], new["reference"]) == ("queued", "call-17")
    assert new["id"] != job_id


def test_problem_of_one_job_does_not_keep_others_from_being_cancelled(
    run: Run, guarded: DispatcherFarm, audio: bytes
) -> None:
    job_id = submit(guarded, audio)
    ended = run("jobs", "cancel", "unknown", job_id)
    assert ended.exit_code == JobNotFound.exit_code
    assert "job-not-found" in ended.stderr
    assert f"{job_id}  cancelled" in ended.stdout


def test_transcript_is_corrected_and_approved(
    run: Run,
    guarded: DispatcherFarm,
    audio: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job_id = submit(guarded, audio)
    guarded.succeed(guarded.claim(job_id), HELLO)
    supervisor = guarded.deps.ledger.api_keys.create(KeyGrant(tenant="default", role="supervisor"))
    monkeypatch.setenv("WHISPERFARM_API_KEY", supervisor[1].text)
    file = tmp_path / "operations.json"
    file.write_text('[{"op": "replace_text", "segment": 0, "text": "good bye"}]')
    line = ("jobs", "correct", job_id, "--file", str(file))
    assert problem_of(run(*line)) is InvalidCorrection
    assert cells(run(*line, "--parent", "1"))[1][:3] == ["2", "corrected", "1"]
    approved = run("jobs", "approve", job_id, "--note", f"by{UNPRINTABLE}x", "--format", "json")
    assert problem_of(approved) is InvalidCorrection
    approved = run("jobs", "approve", job_id, "--note", "checked", "--format", "json")
    assert json.loads(approved.output)["parent"] == 2
    _, *rows = cells(run("jobs", "revisions", job_id))
    assert [row[:2] for row in rows] == [["1", "machine"], ["2", "corrected"], ["3", "*"]]
    assert rows[2][-1] == "checked"
    assert run("jobs", "result", job_id).output == "good bye\n"
    assert run("jobs", "result", job_id, "--revision", "1").output == "hello there\n"
    file.write_text('{"parent": 1, "note": "late"}')
    assert problem_of(run(*line)) is RevisionConflict
    for text in ("{", "7", '{"parent": 2}'):
        file.write_text(text)
        assert problem_of(run(*line, "--parent", "1")) is InvalidCorrection


def test_rerun_submits_each_ended_job_once(run: Run, guarded: DispatcherFarm, audio: bytes) -> None:
    waiting, ended, expired = (submit(guarded, audio, model="demo") for _ in range(3))
    for job_id in (ended, expired):
        guarded.succeed(guarded.claim(job_id), HELLO)
    guarded.deps.blobs.delete(f"audio/default/{expired}")
    line = ("jobs", "rerun", "--preset", "demo-words")
    planned = {row[0] for row in cells(run(*line, "--dry-run"))[1:]}
    assert planned == {ended, expired}
    first, second = run(*line), run(*line)
    assert first.exit_code == second.exit_code == RecordingExpired.exit_code
    assert f"the recording of job {expired} was deleted" in first.stderr
    assert first.stdout == second.stdout
    old, new = first.stdout.split()
    assert (old, guarded.deps.ledger.jobs.get(new).preset) == (ended, "demo-words")
    assert waiting not in first.stdout
    assert problem_of(run(*line[:-1], "unknown")) is UnknownModel


def test_result_is_printed_or_written(
    run: Run, guarded: DispatcherFarm, audio: bytes, tmp_path: Path
) -> None:
    job_id = submit(guarded, audio)
    assert problem_of(run("jobs", "result", job_id)) is JobNotFinished
    guarded.succeed(guarded.claim(job_id), HELLO)
    assert run("jobs", "result", job_id).stdout == "hello there\n"
    redacted = run("jobs", "result", job_id, "--format", "json", "--redact", "all").stdout
    assert json.loads(redacted)["redactions"] == []
    path = tmp_path / "call.srt"
    assert run("jobs", "result", job_id, "--format", "srt", "-o", str(path)).stdout == ""
    assert "00:00:00,100 --> 00:00:00,400" in path.read_text()


def test_presets_are_listed(run: Run, guarded: DispatcherFarm) -> None:
    assert guarded.http.get(f"{guarded.url}/v1/presets").status_code == 401
    rows = {row[0]: row for row in cells(run("presets"))}
    assert rows["demo"][1:6] == ["default", "demo/asr", "demo/align-en", "demo/diarize", "en"]
    assert rows["small"][1:4] == ["no", "small", "of"]
    assert json.loads(run("presets", "--format", "json").output)["presets"][0]["name"] == "demo"


def test_errors_are_those_of_the_farm(
    run: Run, guarded: DispatcherFarm, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert problem_of(run("jobs", "show", "unknown")) is JobNotFound
    assert problem_of(run("jobs", "list", "--metadata", 'a"=x')).name == "invalid-option"
    assert run("jobs", "list", "--metadata", "agent").exit_code == 2
    monkeypatch.setenv("WHISPERFARM_API_KEY", "another")
    assert problem_of(run("jobs", "list")) is InvalidApiKey
    closed = run("presets", "--url", "http://127.0.0.1:1", "--timeout", "0.2")
    assert problem_of(closed).exit_code in {FarmUnavailable.exit_code, 75}


def test_farm_is_paused_and_resumed(
    run: Run, guarded: DispatcherFarm, audio: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert problem_of(run("pause")) is PermissionDenied
    monkeypatch.setenv("WHISPERFARM_API_KEY", OPERATOR_KEY)
    paused = cells(run("pause", "--dispatch", "--reason", "moving"))[1]
    assert (paused[:3], paused[4:]) == (["the", "farm", "dispatch"], ["60", "s", "moving"])
    submit(guarded, audio)
    shown = run("pause", "--preset", "demo", "--accept", "--retry-after", "9", "--format", "json")
    pauses = json.loads(shown.output)["pauses"]
    assert [(one["preset"], one["accept"], one["dispatch"]) for one in pauses] == [
        (None, False, True),
        ("demo", True, False),
    ]
    assert cells(run("resume"))[1][:2] == ["demo", "accept"]
    assert run("resume", "--preset", "demo").output == "nothing is paused\n"


def test_supervisor_holds_releases_and_erases(
    guarded: DispatcherFarm, run: Run, audio: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = submit(guarded, audio, reference="call-17")
    guarded.succeed(guarded.claim(job), HELLO)
    why = ("--reason", "case 2024-311")
    assert "permission-denied" in run("jobs", "hold", job, *why).stderr
    grant = KeyGrant(tenant="default", role="supervisor")
    monkeypatch.setenv("WHISPERFARM_API_KEY", guarded.deps.ledger.api_keys.create(grant)[1].text)
    assert run("jobs", "hold", *why).exit_code == 2
    held = run("jobs", "hold", "--reference", "call-17", *why)
    assert held.stdout == "1 jobs changed\n"
    assert "job-on-hold" in run("jobs", "erase", job, *why).stderr
    assert run("jobs", "release", job, *why).stdout == f"{job}  released\n"
    erased = run("jobs", "erase", job, *why)
    assert erased.stdout == f"{job}  erased: the recording and all transcripts\n"
    assert guarded.blobs() == []
