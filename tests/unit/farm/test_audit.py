"""`whisperfarm audit` prints the audit log, and finds what was changed in it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.ledger import open_migrated
from whisperfarm.command import cli

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with a ledger in which two keys were made."""
    monkeypatch.setenv("WHISPERFARM_DATA_DIR", str(tmp_path))
    open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}").close()
    for name in ("first", "second"):
        assert CliRunner().invoke(cli, ["keys", "create", "--name", name]).exit_code == 0
    return lambda *words, **more: CliRunner().invoke(cli, ["audit", *words], **more)


def test_list_prints_who_changed_what(run: Run) -> None:
    head, *rows = run("list").stdout.splitlines()
    assert head.split() == ["NUMBER", "TIME", "KIND", "ACTOR", "ADDRESS", "CHANGE"]
    for row, name in zip(rows, ("first", "second"), strict=True):
        assert re.search(rf"key-created +\S+@\S+ +- +.*\"name\": \"{name}\"", row)
    assert run("list", "--after", "1", "--format", "csv").stdout.count("key-created") == 1


def test_whole_log_is_verified_from_ledger_and_file(run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "audit.json"
    saved.write_text(run("list", "--format", "json").stdout)
    of_ledger, of_file = run("verify"), run("verify", str(saved))
    assert of_ledger.exit_code == 0
    assert of_ledger.stdout == of_file.stdout
    known = of_ledger.stdout.split()[-1]
    assert run("verify", "--hash", known).exit_code == 0


def without_last(document: str) -> str:
    return json.dumps({"entries": json.loads(document)["entries"][:-1]})


def without_first(document: str) -> str:
    return json.dumps({"entries": json.loads(document)["entries"][1:]})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda text: text.replace("first", "other"), "entry 1: it was changed"),
        (without_first, "entry 1: it is missing"),
        (without_last, "no entry has the hash"),
        (lambda text: text.replace('"kind"', '"sort"'), "is not an audit log"),
        (lambda _: "[]", "is not an audit log"),
        (lambda _: '{"entries": {}}', "no entry has the hash"),
    ],
)
def test_changed_log_is_refused(
    run: Run, tmp_path: Path, change: Callable[[str], str], reason: str
) -> None:
    saved = tmp_path / "audit.json"
    saved.write_text(change(run("list", "--format", "json").stdout))
    known = run("verify").stdout.split()[-1]
    with pytest.raises(Exception, match=reason) as raised:
        run("verify", str(saved), "--hash", known, catch_exceptions=False)
    assert raised.value.exit_code == 65  # type: ignore[attr-defined]
