"""Opens the blob store that the settings name."""

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from whisperfarm_contract.problems import FarmUnavailable, InvalidSettings
from whisperfarm_store import events
from whisperfarm_store.blobs.encryption import EncryptedBlobs, KeylessBlobs, read_keyring
from whisperfarm_store.blobs.folder import FolderBlobs
from whisperfarm_store.blobs.port import Blobs
from whisperfarm_store.fsync import translate_disk_full
from whisperfarm_store.settings import StoreSettings

if TYPE_CHECKING:  # importing it at run time would import boto3
    from whisperfarm_store.blobs.s3 import S3Blobs


def open_blobs(settings: StoreSettings) -> Blobs:
    """Open the blob store, encrypted if the settings name keys. A missing folder is made; a missing
    bucket is an error.

    Raises `InvalidSettings`, also if the server rejects the bucket or the credentials, and
    `StorageFull` if the folder's disk is full. A server that is unavailable is only logged, because
    it may become available later.
    """
    keys = read_keyring(settings.blob_keys_file, settings.blob_keys_command)
    stored = _open_stored(settings)
    if keys is None:
        return KeylessBlobs(stored)
    return EncryptedBlobs(stored, keys, accepts_plain=not settings.blob_encryption_required)


def _open_stored(settings: StoreSettings) -> Blobs:
    if settings.resolved_blob_url.startswith("s3://"):
        blobs = open_bucket(settings, settings.resolved_blob_url)
        _check(blobs)
        return blobs
    folder = _folder(settings.resolved_blob_url)
    try:
        with translate_disk_full(f"the folder {folder} cannot be made"):
            return FolderBlobs(folder)
    except OSError as error:
        raise InvalidSettings(
            f"WHISPERFARM_BLOB_URL: the folder {folder} cannot be used ({error.strerror}); "
            "make it writable, or set another"
        ) from error


def open_bucket(
    settings: StoreSettings, url: str, *, named_by: str = "WHISPERFARM_BLOB_URL"
) -> "S3Blobs":
    """Open the bucket and prefix of a URL on the server of the settings, without a request.

    Raises `InvalidSettings` if the URL is not one of a bucket; `named_by` says what has it.
    """
    from whisperfarm_store.blobs.s3 import S3Blobs
    from whisperfarm_store.blobs.s3_client import client, new_session

    bucket, prefix = _bucket_and_prefix(url, named_by)
    public = settings.s3_public_endpoint_url
    session = new_session()
    try:
        return S3Blobs(
            client(settings, session=session),
            bucket=bucket,
            prefix=prefix,
            checking=client(settings, session=session, attempts=1),
            signing_client=client(settings, endpoint_url=public) if public else None,
            named_by=named_by,
        )
    except ValueError as error:
        raise InvalidSettings(f"WHISPERFARM_S3_ENDPOINT_URL: {error}") from error


def _check(blobs: Blobs) -> None:
    try:
        blobs.check()
    except FarmUnavailable as problem:
        events.blobs.unavailable.log(error=problem.detail)


def _bucket_and_prefix(url: str, named_by: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidSettings(
            f"{named_by}: not a valid bucket; set it to s3://bucket or s3://bucket/prefix,"
            " and credentials in WHISPERFARM_S3_ACCESS_KEY_ID and WHISPERFARM_S3_SECRET_ACCESS_KEY"
        )
    return parts.netloc, parts.path.strip("/")


def _folder(url: str) -> Path:
    if "://" not in url:
        return Path(url).expanduser().absolute()
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc:
        raise InvalidSettings(
            f"WHISPERFARM_BLOB_URL: {parts.scheme}:// is not supported; set it to a folder or s3://..."
        )
    return Path(unquote(parts.path))
