"""Opens the place of a backup by its name."""

from pathlib import Path

from whisperfarm.backup.bucket_repository import BucketRepository
from whisperfarm.backup.folder_repository import FolderRepository
from whisperfarm.backup.repository import Repository
from whisperfarm.bucket_url import SCHEME
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs import open_bucket
from whisperfarm_store.settings import StoreSettings


def open_repository(name: str | Path, settings: StoreSettings) -> Repository:
    """Return the folder, or the bucket and prefix of a URL such as `s3://bucket/prefix`.

    The server and the credentials of a bucket are those of the farm's settings. Raises
    `InvalidSettings`, also if the server rejects them, and `FarmUnavailable`.
    """
    if not str(name).startswith(SCHEME):
        return FolderRepository(Path(name))
    url = str(name)
    _reject_own_store(url, settings.resolved_blob_url)
    blobs = open_bucket(settings, url, named_by="the backup")
    blobs.check()
    return BucketRepository(blobs)


def _reject_own_store(url: str, blob_url: str) -> None:
    if f"{url.strip('/')}/".startswith(f"{blob_url.strip('/')}/"):
        raise InvalidSettings(
            f"{url} is inside of the farm's own blob store; name another bucket, or a prefix beside"
            " that of WHISPERFARM_BLOB_URL"
        )
