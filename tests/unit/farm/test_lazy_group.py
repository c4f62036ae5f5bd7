"""Commands import what they need, and no more."""

import subprocess
import sys

from click.testing import CliRunner

from whisperfarm.command import cli

HEAVY = ("boto3", "sqlalchemy", "structlog", "fastapi", "pydantic", "torch", "numpy")


def test_batch_imports_no_library_of_servers_and_models() -> None:
    line = "import sys, whisperfarm.command, whisperfarm.commands.batch; print(*sys.modules)"
    made = subprocess.run(
        [sys.executable, "-c", line], capture_output=True, text=True, check=True, timeout=60
    )
    assert not set(HEAVY) & set(made.stdout.split())


def test_unknown_command_is_named() -> None:
    ended = CliRunner().invoke(cli, ["bach"])
    assert ended.exit_code == 2
    assert "'bach'" in ended.output
