"""An edge and its hub are killed, and their link is cut: each job has both transcripts once."""

from pathlib import Path

import pytest

from tests.chaos.hub.run import run
from tests.chaos.process_spawner import ProcessSpawner

pytestmark = pytest.mark.slow


def test_each_job_has_its_two_transcripts_once(children: ProcessSpawner, folder: Path) -> None:
    verdict = run(children, folder, jobs=25, kills=6)
    assert verdict.is_clean, verdict
    assert verdict.jobs >= 25
    assert verdict.kills == 6
