"""Opens the source that the settings name."""

import os
from collections.abc import Mapping
from pathlib import Path

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_models.settings import ModelSettings
from whisperfarm_models.sources.port import Source


def open_source(settings: ModelSettings, environ: Mapping[str, str] = os.environ) -> Source:
    """Open the hub, a bucket or a folder. The hub's token is `HF_TOKEN` in the environment.

    Raises `InvalidSettings` and `ModelSourceError`.
    """
    source = settings.models_from
    if source == "hub":
        return _hub(settings, environ)
    if source.startswith("s3://"):
        return _s3(source, settings)
    from whisperfarm_models.sources.folder import FolderSource

    return FolderSource(Path(source).expanduser().absolute())


def _hub(settings: ModelSettings, environ: Mapping[str, str]) -> Source:
    if environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        raise InvalidSettings(
            "HF_HUB_OFFLINE is set, but the source of models is a hub; unset it for the pull, or"
            " set WHISPERFARM_MODELS_FROM to a bucket or a folder"
        )
    from whisperfarm_models.sources.hub import Addresses, HubSource
    from whisperfarm_models.sources.web import Web

    addresses = Addresses(
        hub=settings.models_hub_url, torch=settings.models_torch_url, nltk=settings.models_nltk_url
    )
    return HubSource(Web(addresses.hub, token=environ.get("HF_TOKEN")), addresses)


def _s3(source: str, settings: ModelSettings) -> Source:
    from whisperfarm_models.sources.s3 import S3Source
    from whisperfarm_store.blobs.s3_client import client

    bucket, _, prefix = source.removeprefix("s3://").partition("/")
    if not bucket:
        raise InvalidSettings(
            f"WHISPERFARM_MODELS_FROM: {source} names no bucket; write s3://bucket/prefix"
        )
    return S3Source(client(settings), bucket=bucket, prefix=prefix)
