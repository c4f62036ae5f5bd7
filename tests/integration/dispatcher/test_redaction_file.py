"""The operator's own kinds of data, and every command of docs/how-to/redaction.md about them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.integration.dispatcher.farm import HELLO, DispatcherFarm, started
from tests.support.recordings import wav
from whisperfarm.command import cli

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "redaction.md"
TEXT = PAGE.read_text("utf-8")
[PATTERNS] = re.findall(r"```yaml\n(patterns:.*?)```", TEXT, re.DOTALL)
[COMMANDS] = re.findall(r"```sh\n(whisperfarm settings\n.*?)```", TEXT, re.DOTALL)
SPOKEN = "Kingfisher: I am E M P one two three four five six, and case number is 48 21."


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("redaction") / "redaction.yaml"
    path.write_text(PATTERNS, "utf-8")
    return path


@pytest.fixture(scope="module")
def farm(file: Path) -> Iterator[DispatcherFarm]:
    with started(file.parent / "data", redaction_file=file) as running:
        yield running


@pytest.fixture(scope="module")
def job(farm: DispatcherFarm) -> str:
    segment = replace(HELLO.segments[0], text=SPOKEN, words=())
    return farm.transcribed(wav(), transcript=replace(HELLO, segments=(segment,)))


def test_commands_of_the_page_work(
    farm: DispatcherFarm, file: Path, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHISPERFARM_URL", farm.url)
    monkeypatch.setenv("WHISPERFARM_REDACTION_FILE", str(file))
    lines = COMMANDS.replace('"$JOB"', job).splitlines()
    shown, two, every = (CliRunner().invoke(cli, shlex.split(line)[1:]).stdout for line in lines)
    assert re.search(r"\| `project` \| `\\bproject \(\?:heron\\\|kingfisher\)\\b` \|", shown)
    assert "| `card` | built in |" in shown
    masked = "Kingfisher: I am [staff], and case number is [case]."
    assert two.splitlines()[-1] == every.splitlines()[-1] == masked


def test_own_kinds_are_named_in_requests_and_refusals(farm: DispatcherFarm, job: str) -> None:
    path = f"{farm.url}/v1/jobs/{job}/result"
    found = farm.http.get(path, params={"redact": "case"}).json()
    assert [one["kind"] for one in found["redactions"]] == ["case"]
    refused = farm.http.get(path, params={"redact": "cases"})
    assert (refused.status_code, refused.json()["name"]) == (422, "invalid-option")
    assert "use staff, case, project, card" in refused.json()["detail"]
