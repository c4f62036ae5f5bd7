"""Opens the source that the settings name."""

import os
from collections.abc import Mapping
from pathlib import Path

from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_models.settings import ModelSettings
from whisperfarm_models.sources.port import Source


def open_source(settings: ModelSettings, environ: Mapping[str, str] = os.environ) -> Source:
    """Open the hub, a bucket or a folder. The hub's token is `HF_TOKEN` in the environment.

    Raises `SettingsWrong` and `SourceFailed`.
    """
    place = settings.models_from
    if place == "hub":
        return _hub(settings, environ)
    if place.startswith("s3://"):
        return _s3(place, settings)
    from whisperfarm_models.sources.folder import FolderSource

    return FolderSource(Path(place).expanduser().absolute())


def _hub(settings: ModelSettings, environ: Mapping[str, str]) -> Source:
    if environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        raise SettingsWrong(
            "HF_HUB_OFFLINE is set, but the source of models is a hub; unset it for the pull, or"
            " set WHISPERFARM_MODELS_FROM to a bucket or a folder"
        )
    from whisperfarm_models.sources.hub import Addresses, HubSource
    from whisperfarm_models.sources.web import Web

    addresses = Addresses(
        hub=settings.models_hub_url, torch=settings.models_torch_url, nltk=settings.models_nltk_url
    )
    return HubSource(Web(addresses.hub, token=environ.get("HF_TOKEN")), addresses)


def _s3(place: str, settings: ModelSettings) -> Source:
    from whisperfarm_models.sources.s3 import S3Source
    from whisperfarm_store.blobs.s3_client import client

    bucket, _, prefix = place.removeprefix("s3://").partition("/")
    if not bucket:
        raise SettingsWrong(
            f"WHISPERFARM_MODELS_FROM: {place} names no bucket; write s3://bucket/prefix"
        )
    return S3Source(client(settings), bucket=bucket, prefix=prefix)
