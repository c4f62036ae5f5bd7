"""Every command of docs/how-to/encryption.md, in the order of the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.environment import environment
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.blobs.encryption import key_id_of
from whisperfarm_store.ledger import open_ledger

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "encryption.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
KEY = "audio/default/0"


def test_commands_of_the_page(tmp_path: Path) -> None:
    data = tmp_path / "farm"
    blobs = FolderBlobs(data / "blobs")
    blobs.put(KEY, b"sound")
    ledger = open_ledger(f"sqlite:///{data / 'ledger.sqlite'}")
    ledger.migrate()
    ledger.close()
    script = "\n".join(f"{block}\necho --" for block in BLOCKS)
    ended = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={
            **environment(WHISPERFARM_DATA_DIR=str(data)),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    [first, _, _, last] = ended.stdout.split("--\n")[:-1]
    assert first == "1 blobs: 1 encrypted with the key 2026-11, 0 cannot be read\n"
    assert last.startswith("1 blobs: 1 encrypted with the key 2027-11, 0 cannot be read\n")
    assert key_id_of(blobs, KEY) == "2027-11"
    assert (tmp_path / "blob-keys").stat().st_mode & 0o777 == 0o600
