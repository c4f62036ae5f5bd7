"""Reads the master keys from a file, or from the output of a command."""

import shlex
import subprocess
from pathlib import Path

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs.encryption.key_lines import parse
from whisperfarm_store.blobs.encryption.keyring import Keyring

FILE = "WHISPERFARM_BLOB_KEYS_FILE"
COMMAND = "WHISPERFARM_BLOB_KEYS_COMMAND"
_TIMEOUT_S = 60.0
_READABLE_BY_ALL = 0o004


def read_keyring(file: Path | None, command: str | None) -> Keyring | None:
    """Return the keys that the settings name, or `None` if they name none.

    Raises `InvalidSettings`.
    """
    if file is not None:
        return parse(_read(file), named_by=FILE)
    return None if command is None else parse(_run(command), named_by=COMMAND)


def _read(file: Path) -> str:
    try:
        if file.stat().st_mode & _READABLE_BY_ALL:
            raise InvalidSettings(f"{FILE}: every user can read {file}; run `chmod 600 {file}`")
        return file.read_text(encoding="ascii")
    except OSError as error:
        raise InvalidSettings(f"{FILE}: {file} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise InvalidSettings(f"{FILE}: {file} is not text") from None


def _run(command: str) -> str:
    """Return what the command prints. It is run without a shell."""
    try:
        ended = subprocess.run(
            shlex.split(command) or [""],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise InvalidSettings(f"{COMMAND}: it cannot be run ({error})") from None
    if ended.returncode:
        last = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise InvalidSettings(f"{COMMAND}: it ended with exit code {ended.returncode}: {last}")
    return ended.stdout.decode("ascii", errors="replace")
