"""`whisper-remote --call`: several files as one job."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit.client.conftest import job
from whisperfarm_client import flags, settings
from whisperfarm_client.call import Call
from whisperfarm_client.command import main
from whisperfarm_contract.problems import InvalidOption, JobNotPolled


def read(*argv: str) -> Call | None:
    return settings.read(flags.parse(["a.wav", "b.wav", *argv]), {}).call


def test_flags_of_legs_have_a_value_for_each_recording() -> None:
    assert read() is None
    assert read("--call") == Call([0.0, 0.0], ["", ""])
    legs = ("--leg_offset_s", "0,2.5", "--leg_name", "agent,")
    assert read("--call", *legs) == Call([0.0, 2.5], ["agent", ""])


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--leg_name", "a,b"], "--leg_name: give --call too"),
        (["--call", "--leg_offset_s", "0"], "number of recordings: 2, of values: 1"),
        (["--call", "--leg_name", "a,b,c"], "number of recordings: 2, of values: 3"),
        (["--call", "--leg_offset_s", "0,x"], "'x' is not a number of seconds"),
        (["--call", "--leg_offset_s", "0,-1"], "'-1' is not"),
        (["--call", "--leg_offset_s", "0,nan"], "'nan' is not"),
    ],
)
def test_flags_of_legs_that_do_not_fit_are_refused(argv: list[str], message: str) -> None:
    with pytest.raises(InvalidOption, match=message):
        read(*argv)


def test_call_needs_two_recordings() -> None:
    with pytest.raises(InvalidOption, match="at least two"):
        settings.read(flags.parse(["a.wav", "--call"]), {})


def test_call_is_one_job_named_after_its_first_recording(farm: Any, wav: Path, out: Path) -> None:
    other = wav.parent / "other" / wav.name
    other.parent.mkdir()
    other.write_bytes(b"RIFFother")
    not_polled = job("cancelled", problem=JobNotPolled().to_wire())
    farm.on("wait", lambda handler: handler.answer(200, not_polled))
    argv = [str(wav), str(other), "--call", "--leg_offset_s", "0,1.5", "--leg_name", "agent,buyer"]
    environ = {"WHISPERFARM_URL": farm.url}
    assert main([*argv, "-o", str(out), "-f", "txt"], environ) == 0
    assert [path.name for path in out.iterdir()] == ["call.txt"]
    first, second = farm.requests("submit")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    parts = (b'"leg_offset_s"\r\n\r\n1.5', b'"leg_name"\r\n\r\nbuyer', b"RIFFother")
    assert all(part in first.body for part in parts)
    assert first.query["lane"] == "live"


def test_missing_leg_is_named(
    farm: Any, wav: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = [str(wav), "absent.wav", "--call", "-o", str(out)]
    assert main(argv, {"WHISPERFARM_URL": farm.url}) == 66
    expected = f"missing-audio: {wav}: absent.wav: cannot be read: No such file or directory"
    assert capsys.readouterr().err == f"whisper-remote: {expected}\n"
    assert farm.seen == []
