"""Chains of custody over HTTP, and every command of docs/how-to/custody.md."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from tests.integration.dispatcher.farm import DispatcherFarm, started
from whisperfarm.command import cli
from whisperfarm_contract.custody import Kind
from whisperfarm_contract.problems import FarmUnavailable, InvalidOption, Problem
from whisperfarm_dispatcher.custody import read_public_keys, write_key

KEYS = {"north": "a" * 40, "south": "b" * 40}
PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "custody.md"
COMMANDS = [
    line.strip()
    for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
    if line.strip().startswith("whisperfarm custody ")
]

MAKE_KEY = "whisperfarm custody key custody.pem"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    chosen = tmp_path / "lawyer"
    chosen.mkdir()
    monkeypatch.chdir(chosen)
    return chosen


@pytest.fixture
def farm(tmp_path: Path, folder: Path) -> Iterator[DispatcherFarm]:
    """Run a dispatcher that keeps chains of custody, with two tenants."""
    assert run(MAKE_KEY).exit_code == 0
    key_file = folder / "custody.pem"
    api_keys = ",".join(f"{tenant}:{key}" for tenant, key in KEYS.items())
    with started(
        tmp_path / "data", custody=True, custody_key_file=key_file, api_keys=api_keys
    ) as running:
        yield running


def as_tenant(farm: DispatcherFarm, tenant: str) -> DispatcherFarm:
    farm.http.headers["X-API-Key"] = KEYS[tenant]
    return farm


def get(farm: DispatcherFarm, job_id: str) -> httpx.Response:
    return farm.http.get(f"{farm.url}/v1/jobs/{job_id}/custody")


def test_document_is_signed_and_for_its_tenant_alone(
    farm: DispatcherFarm, folder: Path, audio: bytes
) -> None:
    job_id = as_tenant(farm, "north").transcribed(audio, filename="call.wav")
    document = get(farm, job_id).json()
    assert [one["kind"] for one in document["entries"]] == [
        Kind.ACCEPTED,
        Kind.STARTED,
        Kind.SUCCEEDED,
    ]
    assert {one["field"]: one["value"] for one in document["personal"]} == {
        "address": "127.0.0.1",
        "filename": "call.wav",
    }
    assert "call.wav" not in json.dumps(document["entries"])
    assert read_public_keys(folder / "custody.pem.pub").find_fault(document) is None
    assert get(farm, "unknown").json()["name"] == "job-not-found"
    assert get(as_tenant(farm, "south"), job_id).json()["name"] == "job-not-found"


def test_exports_are_entries_before_anything_is_sent(
    farm: DispatcherFarm, audio: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = as_tenant(farm, "north").transcribed(audio, filename="call.wav")
    job = f"{farm.url}/v1/jobs/{job_id}"
    for path in ("result?format=srt", "result?format=srt", "result?link=true", "audio", "custody"):
        assert farm.http.get(f"{job}/{path}").status_code == 200
    document = get(farm, job_id).json()
    exported = [one["body"] for one in document["entries"] if one["kind"] == Kind.EXPORTED]
    assert all(body.pop("address") != "127.0.0.1" for body in exported)
    assert exported == [
        {"what": "transcript", "format": "srt", "revision": 1},
        {"what": "link", "format": "json", "revision": 1},
        {"what": "audio"},
        {"what": "custody"},
    ]

    def refuse(*_: object) -> None:
        raise FarmUnavailable("the database is unavailable")

    monkeypatch.setattr(farm.deps.ledger.custody, "record_export", refuse)
    answer = farm.http.get(f"{job}/result?format=txt")
    assert (answer.status_code, answer.json()["name"]) == (503, FarmUnavailable.name)


def test_commands_of_the_page(
    farm: DispatcherFarm, folder: Path, audio: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = as_tenant(farm, "north").transcribed(audio, filename="call.wav")
    (folder / "call.wav").write_bytes(audio)
    environment = {
        "WHISPERFARM_URL": farm.url,
        "WHISPERFARM_API_KEY": KEYS["north"],
        "WHISPERFARM_DATA_DIR": str(farm.deps.settings.data_dir),
        "WHISPERFARM_CUSTODY": "true",
        "WHISPERFARM_CUSTODY_KEY_FILE": str(folder / "custody.pem"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for command in sorted(set(COMMANDS) - {MAKE_KEY}, key=_order):
        ended = run(command.replace("JOB", job_id))
        assert ended.exit_code == 0, (command, ended.output, ended.exception)
    assert len(COMMANDS) == 7


def _order(command: str) -> int:
    """Return when a command is run: a document is exported before it is verified."""
    words = ("export", "verify", "root", "verify-ledger", "erase", "key")
    return words.index(shlex.split(command)[2])


def run(command: str) -> Result:
    _, *words = shlex.split(command)
    return CliRunner().invoke(cli, words)


def test_verify_names_what_was_changed(farm: DispatcherFarm, folder: Path, audio: bytes) -> None:
    job_id = as_tenant(farm, "north").transcribed(audio)
    document = get(farm, job_id).json()
    (folder / "call.wav").write_bytes(audio + b"\0")
    body = {**document["entries"][1]["body"], "worker": "another"}
    entry = {**document["entries"][1], "body": body}
    opening = {**document["personal"][0], "value": "192.0.2.9"}
    changes = {
        "entry 2: it was changed": {"entries": [document["entries"][0], entry]},
        "entry 2: it is missing": {"entries": document["entries"][::2]},
        "the value of 'address' beside it was changed": {"personal": [opening]},
        "it was changed after it was signed": {"issued_at": "2024-11-20T16:26:40.000Z"},
        "is not the recording that was submitted": {},
        "does not have the members": {"more": 1},
        "the tenant is not that of entry 1": {"tenant": "south"},
    }
    for message, change in changes.items():
        (folder / "call.json").write_text(json.dumps({**document, **change}))
        ended = run("whisperfarm custody verify call.json --audio call.wav")
        assert isinstance(ended.exception, Problem), message
        assert ended.exception.exit_code == 65
        assert message in ended.exception.detail


def test_verify_compares_all_legs_of_a_call(tmp_path: Path, folder: Path, audio: bytes) -> None:
    with started(tmp_path / "data", custody=True) as farm:
        answer = farm.http.post(
            f"{farm.url}/v1/jobs",
            files=[("file", ("agent.wav", audio)), ("file", ("customer.wav", audio + b"\0"))],
            data={"leg_offset_s": ["0", "5"]},
        )
        (folder / "call.json").write_bytes(get(farm, answer.json()["id"]).content)
    (folder / "agent.wav").write_bytes(audio)
    (folder / "customer.wav").write_bytes(audio + b"\0")
    verify = "whisperfarm custody verify call.json"
    whole = run(f"{verify} --audio agent.wav --audio customer.wav")
    assert "recording: agent.wav, customer.wav is the one that was submitted" in whole.output
    swapped = run(f"{verify} --audio customer.wav --audio agent.wav")
    assert "that was submitted, in this order" in str(swapped.exception)
    for given in ("--audio agent.wav", "--audio agent.wav " * 3):
        ended = run(f"{verify} {given}")
        assert isinstance(ended.exception, InvalidOption)
        assert "were submitted: 2" in ended.exception.detail


@pytest.mark.parametrize(
    "text", ["", "[]", '{"document": 1, "document": 2}', "[" * 100_000, '{"a": NaN}', "\xff"]
)
def test_verify_refuses_other_files(folder: Path, text: str) -> None:
    (folder / "call.json").write_bytes(text.encode("latin-1"))
    ended = run("whisperfarm custody verify call.json")
    assert isinstance(ended.exception, Problem)
    assert ended.exception.name == "custody-broken"


def test_document_without_a_key_says_so(tmp_path: Path, folder: Path, audio: bytes) -> None:
    with started(tmp_path / "data", custody=True) as farm:
        document = get(farm, farm.transcribed(audio)).json()
    assert document["signature"] is None
    assert "not signed" in document["note"]
    (folder / "call.json").write_text(json.dumps(document))
    assert "signature: none" in run("whisperfarm custody verify call.json").output
    write_key(folder / "key.pem")
    ended = run("whisperfarm custody verify call.json --public-key key.pem.pub")
    assert "it is not signed" in str(ended.exception)


def test_farm_without_custody_has_no_chain(tmp_path: Path, audio: bytes) -> None:
    with started(tmp_path / "data") as farm:
        answer = get(farm, str(farm.submit(audio)["id"]))
    assert (answer.status_code, answer.json()["name"]) == (404, "custody-not-found")
