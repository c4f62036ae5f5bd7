"""Where the master keys come from, and what is refused."""

from pathlib import Path

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import open_blobs
from whisperfarm_store.blobs.encryption import EncryptedBlobs, new_key, read_keyring
from whisperfarm_store.settings import StoreSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "blob keys"
    path.touch(mode=0o600)
    return path


def test_first_key_of_file_or_command_writes(file: Path) -> None:
    file.write_text(f"# of this year\n{new_key('2026')}  # the newest\n\n{new_key('2025')}\n")
    for keys in (read_keyring(file, None), read_keyring(None, f"cat '{file}'")):
        assert keys is not None
        assert keys.first_id == "2026"
    assert read_keyring(None, None) is None


def test_settings_choose_encryption(file: Path, tmp_path: Path) -> None:
    file.write_text(new_key("a"))
    settings = StoreSettings(blob_keys_file=file, blob_url=str(tmp_path / "blobs"))
    assert isinstance(open_blobs(settings), EncryptedBlobs)


def test_file_that_every_user_can_read_is_refused(file: Path) -> None:
    file.write_text(new_key("a"))
    file.chmod(0o644)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_BLOB_KEYS_FILE: every user can read"):
        read_keyring(file, None)


SECRET = "c2VjcmV0" * 4
VALID = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", f"a {SECRET}", "a", f"a b {SECRET}", f"a {VALID}\na {VALID}",
     f"ä {VALID}", f"{'a' * 65} {VALID}", "a %%%"],
)  # fmt: skip
def test_invalid_keys_are_refused_without_printing_them(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_BLOB_KEYS_FILE") as raised:
        read_keyring(file, None)
    assert SECRET not in raised.value.detail


@pytest.mark.parametrize(
    "command", ["", "/nowhere/keys", "false", "echo", "'", "sh -c 'echo lost >&2; exit 3'"]
)
def test_command_that_fails_is_refused(command: str) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_BLOB_KEYS_COMMAND"):
        read_keyring(None, command)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match=f"{tmp_path}/none"):
        read_keyring(tmp_path / "none", None)


@pytest.mark.parametrize(
    "settings",
    [
        {"blob_keys_file": "/x", "blob_keys_command": "x"},
        {"blob_encryption_required": True},
        {"s3_kms_key_id": "x"},
        {"s3_kms_key_id": "x", "s3_encryption": "AES256"},
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, str]) -> None:
    with pytest.raises(InvalidSettings, match=r"KEYS_COMMAND|KMS_KEY_ID"):
        StoreSettings(**settings)


def test_invalid_id_is_refused() -> None:
    with pytest.raises(ValueError, match="id of a key"):
        new_key("a key")
