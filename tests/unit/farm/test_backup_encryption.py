"""Backups of a farm that encrypts its blobs, and a change of the key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.farm.test_backup import Farm, backup, restore
from whisperfarm.backup.problem import BackupUnusable
from whisperfarm.encryption.renewal import Renewal
from whisperfarm.encryption.store import open_encrypted
from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import BlobNotEncrypted, EncryptionKeyMissing, FolderBlobs
from whisperfarm_store.blobs.encryption import EncryptedBlobs, Keyring, MasterKey, key_id_of
from whisperfarm_store.settings import StoreSettings

OLD, NEW = MasterKey("old", bytes(32)), MasterKey("new", bytes([1]) * 32)
SOUND = b"spoken words" * 10_000


def encrypted(farm: Farm, *keys: MasterKey, accepts_plain: bool = True) -> EncryptedBlobs:
    """Let the farm encrypt its blobs with the first of these keys."""
    stored = FolderBlobs(farm.folder / "blobs")
    farm.blobs = blobs = EncryptedBlobs(stored, Keyring(keys), accepts_plain=accepts_plain)
    return blobs


@pytest.fixture
def farm(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path / "farm")
    encrypted(farm, OLD)
    yield farm
    farm.ledger.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Farm]:
    farm = Farm(tmp_path / "other")
    encrypted(farm, OLD)
    yield farm
    farm.ledger.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


@pytest.fixture
def job(farm: Farm) -> Job:
    return farm.queued(sound=SOUND)


def stored(folder: Path, job: Job) -> bytes:
    return (folder / "blobs" / job.audio.key).read_bytes()


def content(farm: Farm, job: Job) -> bytes:
    with farm.blobs.open(job.audio.key) as file:
        return file.read()


def test_copies_are_as_they_are_stored_and_made_once(farm: Farm, folder: Path, job: Job) -> None:
    assert (backup(farm, folder).made, backup(farm, folder).made) == (1, 0)
    assert stored(folder, job) == stored(farm.folder, job)
    assert SOUND not in stored(folder, job)


def test_backup_is_restored_under_the_first_key_of_the_new_farm(
    farm: Farm, other: Farm, folder: Path, job: Job
) -> None:
    backup(farm, folder)
    blobs = encrypted(other, NEW, OLD)
    restore(folder, other)
    assert content(other, job) == SOUND
    assert key_id_of(blobs.stored, job.audio.key) == "new"
    assert other.inconsistent() == []


def test_restoration_without_the_key_names_it(
    farm: Farm, other: Farm, folder: Path, job: Job
) -> None:
    backup(farm, folder)
    encrypted(other, NEW)
    with pytest.raises(EncryptionKeyMissing, match="'old'"):
        restore(folder, other)
    assert other.rows()["jobs"] == []


def test_changed_copy_is_not_restored(farm: Farm, other: Farm, folder: Path, job: Job) -> None:
    backup(farm, folder)
    copy = folder / "blobs" / job.audio.key
    copy.write_bytes(copy.read_bytes()[:-1] + b"!")
    with pytest.raises(BackupUnusable, match=job.audio.key):
        restore(folder, other)


def test_copy_is_made_again_after_a_change_of_the_key(farm: Farm, folder: Path, job: Job) -> None:
    backup(farm, folder)
    blobs = encrypted(farm, NEW, OLD)
    assert backup(farm, folder).made == 0
    renewal = Renewal(blobs)
    assert list(renewal.run()) == []
    assert renewal.renewed == 1
    assert backup(farm, folder).made == 1
    assert stored(folder, job) == stored(farm.folder, job)


def test_damaged_blob_is_lost_and_its_copy_is_kept(farm: Farm, folder: Path, job: Job) -> None:
    late = farm.queued(sound=SOUND)
    path = farm.folder / "blobs" / late.audio.key
    path.write_bytes(path.read_bytes()[:-1])
    made = backup(farm, folder)
    assert [one.key for one in made.lost] == [late.audio.key]
    (farm.folder / "blobs" / job.audio.key).write_bytes(b"damaged")
    assert [one.key for one in backup(farm, folder).lost] == [late.audio.key]


def test_plain_blob_is_neither_copied_nor_restored_where_encryption_is_required(
    farm: Farm, other: Farm, folder: Path, job: Job
) -> None:
    planted = farm.queued(sound=SOUND)
    FolderBlobs(farm.folder / "blobs").put(planted.audio.key, SOUND)
    backup(farm, folder)
    encrypted(other, OLD, accepts_plain=False)
    with pytest.raises(BlobNotEncrypted, match=planted.audio.key):
        restore(folder, other)
    encrypted(farm, OLD, accepts_plain=False)
    made = backup(farm, folder)
    assert [one.key for one in made.lost] == [planted.audio.key]
    assert stored(folder, job) == stored(farm.folder, job)


def test_verify_replaces_a_damaged_copy_of_an_encrypted_blob(
    farm: Farm, folder: Path, job: Job
) -> None:
    backup(farm, folder)
    copy = folder / "blobs" / job.audio.key
    copy.write_bytes(copy.read_bytes()[:-1] + b"!")
    made = backup(farm, folder)
    assert made.made == 0
    made.verify = True
    made.run()
    assert stored(folder, job) == stored(farm.folder, job)


def test_renewal_encrypts_plain_blobs_and_names_what_it_cannot_read(farm: Farm, job: Job) -> None:
    plain, lost = farm.queued(sound=SOUND), farm.queued(sound=SOUND)
    FolderBlobs(farm.folder / "blobs").put(plain.audio.key, SOUND)
    other_key = Keyring([MasterKey("lost", bytes([2]) * 32)])
    EncryptedBlobs(FolderBlobs(farm.folder / "blobs"), other_key).put(lost.audio.key, SOUND)
    encrypted(farm, NEW, OLD)
    renewal = Renewal(encrypted(farm, NEW, OLD))
    [problem] = renewal.run()
    assert lost.audio.key in problem.detail
    assert renewal.summary() == "3 blobs: 2 encrypted with the key new, 1 cannot be read"
    assert content(farm, job) == content(farm, plain) == SOUND
    again = Renewal(encrypted(farm, NEW))
    assert len(list(again.run())) == 1
    assert again.renewed == 0
    assert farm.inconsistent() == []


def test_renewal_without_keys_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_BLOB_KEYS_FILE"):
        open_encrypted(StoreSettings(data_dir=tmp_path))


def test_blob_that_is_deleted_during_the_renewal_stays_deleted(farm: Farm, job: Job) -> None:
    class Deleting(FolderBlobs):
        """Deletes the blob while it is read."""

        def size(self, key: str) -> int | None:
            self.delete(key)
            return super().size(key)

    blobs = EncryptedBlobs(Deleting(farm.folder / "blobs"), Keyring([NEW, OLD]))
    renewal = Renewal(blobs)
    assert list(renewal.run()) == []
    assert renewal.renewed == 0
    assert farm.blobs.size(job.audio.key) is None
