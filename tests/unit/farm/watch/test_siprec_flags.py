"""`whisperfarm watch --siprec-url` refuses what cannot work, before it watches."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from whisperfarm.commands.watch import watch


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        (["--layout", "plain"], "needs --layout siprec"),
        (["--layout", "siprec", "--done", "move"], "--done leave"),
        (["--layout", "siprec", "--siprec-url", "http://key@siprec"], "without a key"),
        (["--layout", "siprec", "--siprec-url", "siprec:8080"], "must be an address"),
    ],
)
def test_siprec_url_is_refused(tmp_path: Path, flags: list[str], reason: str) -> None:
    line = [str(tmp_path / "in"), "--output", str(tmp_path / "out"), *flags]
    result = CliRunner().invoke(watch, line, env={"WHISPERFARM_SIPREC_URL": "http://siprec:8080"})
    assert (result.exit_code, reason in result.output) == (2, True)
