"""The farm's key signs documents, and earlier public keys stay valid after a rotation."""

from pathlib import Path
from typing import Any

import pytest

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.custody import read_public_keys, read_signing_key, write_key
from whisperfarm_dispatcher.custody.keys import key_in, public_file

DOCUMENT = {"document": "x", "entries": [{"number": 1}], "signature": None, "note": "unsigned"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "custody.pem"


def test_key_is_readable_by_its_owner_alone(path: Path) -> None:
    made = write_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_signing_key(path).id == made.id


def test_signature_proves_the_document(path: Path) -> None:
    signed = write_key(path).sign(DOCUMENT)
    keys = read_public_keys(public_file(path))
    assert "note" not in signed
    assert keys.find_fault(signed) is None
    assert "was changed" in str(keys.find_fault({**signed, "document": "y"}))
    assert "not signed" in str(keys.find_fault(DOCUMENT))


@pytest.mark.parametrize(
    "changed",
    [
        {"algorithm": "RSA"},
        {"key_id": "0" * 16},
        {"value": "00" * 64},
        {"public_key": "00" * 32},
        {"more": 1},
        {"value": 7},
    ],
)
def test_changed_signature_is_found(path: Path, changed: dict[str, Any]) -> None:
    signed = write_key(path).sign(DOCUMENT)
    document = {**signed, "signature": {**signed["signature"], **changed}}
    assert read_public_keys(public_file(path)).find_fault(document) is not None
    assert key_in(document).find_fault(document) is not None


def test_rotation_keeps_earlier_public_keys(path: Path) -> None:
    before = write_key(path).sign(DOCUMENT)
    with pytest.raises(InvalidSettings, match="--rotate"):
        write_key(path)
    after = write_key(path, replace=True).sign(DOCUMENT)
    assert before["signature"]["key_id"] != after["signature"]["key_id"]
    keys = read_public_keys(public_file(path))
    assert keys.find_fault(before) is None
    assert keys.find_fault(after) is None


def test_key_of_another_farm_is_named(path: Path, tmp_path: Path) -> None:
    signed = write_key(path).sign(DOCUMENT)
    write_key(tmp_path / "other.pem")
    fault = read_public_keys(tmp_path / "other.pem.pub").find_fault(signed)
    assert signed["signature"]["key_id"] in str(fault)


def test_key_that_every_user_can_read_is_refused(path: Path) -> None:
    write_key(path)
    path.chmod(0o644)
    with pytest.raises(InvalidSettings, match="chmod 600"):
        read_signing_key(path)


@pytest.mark.parametrize("content", ["", "text", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_file_that_is_not_a_key_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(0o600)
    for read in (read_signing_key, read_public_keys):
        with pytest.raises(InvalidSettings, match=r"custody\.pem"):
            read(path)
