"""`whisperfarm keys` works with the ledger, and prints each secret once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.ledger import open_migrated
from whisperfarm.command import cli
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import ApiKeyNotFound
from whisperfarm_store.ledger import ApiKeys, KeyState, parse_key_text

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with the ledger of the test's folder."""
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(cli, ["keys", *words])


@pytest.fixture
def api_keys(tmp_path: Path) -> ApiKeys:
    return open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}").api_keys


def test_create_prints_the_key_alone(run: Run, api_keys: ApiKeys) -> None:
    ended = run(
        "create", "--tenant", "north", "--name", "siprec-1", "--days", "2", "--rate", "9/hour"
    )
    text = parse_key_text(ended.stdout.strip())
    assert text is not None
    [key] = api_keys.list()
    assert text.has_digest(key.digest)
    assert (key.id, key.tenant, key.role, key.name) == (text.id, "north", "caller", "siprec-1")
    assert key.rate_limit == "9/hour"
    assert (key.max_jobs_per_day, key.max_audio_s_per_day) == (None, None)
    assert key.expires_at == pytest.approx(key.created_at + 2 * 86_400, abs=1)
    assert f"key {key.id} of tenant north expires" in ended.stderr
    assert text.secret not in ended.stderr


def test_key_may_have_permissions(run: Run, api_keys: ApiKeys) -> None:
    flags = ("--permission", "submit:jobs", "--permission", "read:jobs", "--format", "json")
    created = json.loads(run("create", *flags).stdout)
    assert created["permissions"] == ["submit:jobs", "read:jobs"]
    assert created["role"] is None
    key = api_keys.get(created["id"])
    assert key.permissions == (Permission.SUBMIT_JOBS, Permission.READ_JOBS)


def test_list_has_no_secrets(run: Run, api_keys: ApiKeys) -> None:
    text = parse_key_text(run("create", "--role", "analyst").stdout.strip())
    assert text is not None
    table, document = run("list").stdout, run("list", "--format", "json").stdout
    assert text.id in table
    assert "analyst" in table
    assert "active" in table
    [listed] = json.loads(document)["keys"]
    assert (listed["id"], listed["state"], listed["last_used_at"]) == (text.id, "active", None)
    assert text.secret not in table + document
    assert text.digest not in table + document
    assert json.loads(run("list", "--tenant", "other", "--format", "json").stdout) == {"keys": []}


def test_revoke_ends_a_key(run: Run, api_keys: ApiKeys) -> None:
    [key_id] = [json.loads(run("create", "--format", "json").stdout)["id"]]
    assert "revoked" in run("revoke", key_id).stdout
    assert api_keys.get(key_id).state is KeyState.REVOKED


def test_rotate_prints_the_new_key(run: Run, api_keys: ApiKeys) -> None:
    old_id = json.loads(run("create", "--name", "siprec-1", "--format", "json").stdout)["id"]
    new = json.loads(run("rotate", old_id, "--grace", "10m", "--format", "json").stdout)
    assert new["name"] == "siprec-1"
    assert parse_key_text(new["key"]) is not None
    old = api_keys.get(old_id)
    assert (old.state, old.replaced_by) == (KeyState.ACTIVE, new["id"])


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--role", "analysts"), "there is no role 'analysts'; use submitter"),
        (("--role", "caller", "--permission", "read:jobs"), "either --role or --permission"),
        (("--permission", "read:everything"), "is not one of"),
        (("--tenant", "../etc"), "letters, digits"),
        (("--rate", "fast"), "'fast' is not a limit"),
        (("--days", "0"), "0"),
        (("--name", "a\nb"), "unprintable"),
    ],
)
def test_invalid_flag_creates_no_key(
    run: Run, api_keys: ApiKeys, flags: tuple[str, ...], message: str
) -> None:
    ended = run("create", *flags)
    assert ended.exit_code == 2
    assert message in ended.stderr
    assert api_keys.list() == []


def test_role_of_the_file_is_known(
    run: Run, api_keys: ApiKeys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "roles.yaml"
    file.write_text("roles: {exporter: ['read:jobs']}")
    monkeypatch.setenv("WHISPERFARM_ROLES_FILE", str(file))
    assert run("create", "--role", "exporter").exit_code == 0
    assert [key.role for key in api_keys.list()] == ["exporter"]


def test_unknown_key_is_a_problem(run: Run, api_keys: ApiKeys) -> None:
    for words in (("revoke", "0123456789ab"), ("rotate", "0123456789ab")):
        assert isinstance(run(*words).exception, ApiKeyNotFound)


def test_key_may_have_quotas_of_the_day(run: Run, api_keys: ApiKeys) -> None:
    assert run("create", "--max-jobs-per-day", "0").exit_code == 2
    assert run("create", "--max-audio-seconds-per-day", "nan").exit_code == 2
    run("create", "--max-jobs-per-day", "500", "--max-audio-seconds-per-day", "7200")
    [key] = api_keys.list()
    assert (key.max_jobs_per_day, key.max_audio_s_per_day) == (500, 7200.0)
    assert "500 jobs, 7200 s" in run("list").stdout
    assert json.loads(run("list", "--format", "json").stdout)["keys"][0]["max_jobs_per_day"] == 500
