"""The settings that docker/ names exist."""

import re

from tests.support.docker_files import DOCKER
from whisperfarm.commands.settings import SETTINGS_CLASSES
from whisperfarm.commands.watch_siprec import VARIABLES as OF_SIPREC
from whisperfarm.settings_table import rows
from whisperfarm_client.settings import VARIABLES as CLIENTS


def test_every_named_setting_exists() -> None:
    known = {*(row.variable for row in rows(SETTINGS_CLASSES)), *CLIENTS, *OF_SIPREC}
    files = [path for path in DOCKER.rglob("*") if path.is_file()]
    named = {
        (name, path.name)
        for path in files
        for name in re.findall(r"\bWHISPERFARM_[A-Z0-9_]+", path.read_text())
    }
    assert {name for name, _ in named} >= {"WHISPERFARM_DATA_DIR", "WHISPERFARM_API_KEYS"}
    assert sorted(one for one in named if one[0] not in known) == []
