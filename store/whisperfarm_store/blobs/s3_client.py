"""Makes the boto3 client of a blob store."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from whisperfarm_store.settings import StoreSettings

_CONNECT_TIMEOUT_S = 5
_READ_TIMEOUT_S = 30
_MAX_ATTEMPTS = 4
_POOL_SIZE = 32
_WRITING = ("PutObject", "CreateMultipartUpload", "CopyObject")
"""The operations that make an object. The parts of an upload follow the request that begins it."""


def new_session() -> Any:
    """Return a boto3 session. Its first client takes a while to create, the others do not."""
    import boto3

    return boto3.session.Session()  # the default session is not thread-safe


def client(
    settings: StoreSettings,
    *,
    endpoint_url: str | None = None,
    session: Any = None,
    attempts: int = _MAX_ATTEMPTS,
) -> Any:
    """Return a client that is safe to use from several threads. No request is sent yet.

    `endpoint_url` overrides the one in the settings. A request is sent at most `attempts` times.
    Each new object asks for the encryption of the settings.
    """

    secret = settings.s3_secret_access_key
    session = session or new_session()
    endpoint = endpoint_url or settings.s3_endpoint_url
    made = session.client(
        "s3",
        endpoint_url=endpoint,
        region_name=settings.s3_region or session.region_name or "us-east-1",
        aws_access_key_id=settings.s3_access_key_id,
        aws_secret_access_key=None if secret is None else secret.get_secret_value(),
        config=_config(own_server=endpoint is not None, attempts=attempts),
    )
    if parameters := _encryption(settings):
        for operation in _WRITING:
            made.meta.events.register(
                f"provide-client-params.s3.{operation}", partial(_with_parameters, parameters)
            )
    return made


def _with_parameters(added: Mapping[str, str], params: dict[str, Any], **_: Any) -> dict[str, Any]:
    return {**params, **added}


def _encryption(settings: StoreSettings) -> dict[str, str]:
    """Return the parameters by which the server is asked to encrypt a new object."""
    parameters: dict[str, str] = {}
    if settings.s3_encryption is not None:
        parameters["ServerSideEncryption"] = settings.s3_encryption
    if settings.s3_kms_key_id is not None:
        parameters["SSEKMSKeyId"] = settings.s3_kms_key_id
    return parameters


def _config(*, own_server: bool, attempts: int) -> Any:
    from botocore.config import Config

    return Config(
        signature_version="s3v4",
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=_POOL_SIZE,
        tcp_keepalive=True,
        # Not all S3-compatible servers support the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path" if own_server else "auto"},
    )
