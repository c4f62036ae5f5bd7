"""`whisperfarm up` where it cannot start."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.farm_command import whisperfarm

pytestmark = pytest.mark.slow


@pytest.fixture
def taken_port() -> Iterator[str]:
    """A port on which another process listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def test_up_rejects_a_port_in_use_at_once(tmp_path: Path, taken_port: str) -> None:
    ended = whisperfarm("up", "--data-dir", tmp_path, "--port", taken_port)
    assert ended.returncode == 78
    assert "WHISPERFARM_PORT: cannot listen on 127.0.0.1:" in ended.stderr
    assert "data folder" not in ended.stderr


@pytest.mark.parametrize(
    "command", [["up"], ["worker"], ["dispatcher"], ["models", "list"], ["models", "pull"]]
)
def test_unusable_data_folder_is_named_without_a_traceback(
    tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "file").touch()
    ended = whisperfarm(*command, "--data-dir", tmp_path / "file" / "data")
    assert ended.returncode == 78
    assert "WHISPERFARM_DATA_DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_damaged_ledger_ends_the_farm(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("not a database, " * 100)
    ended = whisperfarm("up", "--data-dir", tmp_path, "--port", "0")
    assert ended.returncode == 78
    assert f"the ledger {tmp_path}/ledger.sqlite is damaged" in ended.stderr
    assert "restarting" not in ended.stderr


def test_every_line_of_up_is_json_if_configured(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("not a database, " * 100)
    ended = whisperfarm("up", "--data-dir", tmp_path, "--port", "0", WHISPERFARM_LOG_FORMAT="json")
    lines = [json.loads(line) for line in ended.stderr.splitlines()]
    assert {"farm.reported", "farm.failed"} <= {line["event"] for line in lines}


def test_problem_before_the_settings_is_json(tmp_path: Path) -> None:
    ended = whisperfarm(
        "workers", "--data-dir", tmp_path, WHISPERFARM_LOG_FORMAT="json", WHISPERFARM_LEASE_S="-1"
    )
    assert json.loads(ended.stderr)["problem"] == "invalid-settings"
