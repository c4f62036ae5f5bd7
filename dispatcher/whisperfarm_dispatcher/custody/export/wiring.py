"""Builds the export of roots from the settings."""

from pathlib import Path
from urllib.parse import urlsplit

from whisperfarm_contract.problems import ForbiddenAddress, InvalidSettings
from whisperfarm_dispatcher.custody.export.export import RootExport
from whisperfarm_dispatcher.custody.export.targets import LockedBucket, Target
from whisperfarm_dispatcher.custody.export.timestamp import TimeAuthority
from whisperfarm_dispatcher.egress import ALL_NETWORKS, HttpClient, read_target
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.blobs import FolderBlobs
from whisperfarm_store.ledger import Custody

_TARGET, _AUTHORITY = "WHISPERFARM_CUSTODY_ROOTS_URL", "WHISPERFARM_CUSTODY_TIME_AUTHORITY"


def build_export(settings: DispatcherSettings, custody: Custody) -> RootExport | None:
    """Return the export, or `None` if the settings name no target. Raises `InvalidSettings`."""
    if settings.custody_roots_url is None:
        if settings.custody_time_authority is not None:
            raise InvalidSettings(f"{_AUTHORITY} needs {_TARGET}, where the stamps are kept")
        return None
    return RootExport(custody, _target(settings, settings.custody_roots_url), _authority(settings))


def _target(settings: DispatcherSettings, url: str) -> Target:
    if not url.startswith("s3://"):
        return FolderBlobs(Path(url).expanduser().absolute())
    from whisperfarm_store.blobs.s3_client import client

    parts = urlsplit(url)
    if not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidSettings(f"{_TARGET}: not a valid bucket; set it to s3://bucket/prefix")
    return LockedBucket(
        client(settings),
        bucket=parts.netloc,
        prefix=parts.path.strip("/"),
        lock_days=settings.custody_roots_lock_days,
    )


def _authority(settings: DispatcherSettings) -> TimeAuthority | None:
    url = settings.custody_time_authority
    if url is None:
        return None
    try:
        read_target(url, ALL_NETWORKS)
    except ForbiddenAddress as problem:
        raise InvalidSettings(f"{_AUTHORITY}: {problem.detail}") from None
    return TimeAuthority(url, HttpClient(ALL_NETWORKS))
