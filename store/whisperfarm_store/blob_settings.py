"""The settings of the blob store."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from whisperfarm_contract.problems import InvalidSettings


class BlobSettings(BaseSettings):
    """Where blobs are stored, and how they are encrypted there."""

    blob_url: str | None = Field(
        default=None,
        description=(
            "Where recordings and transcripts are stored: `s3://bucket/prefix` or a folder;"
            " none: `blobs` in the data folder."
        ),
    )
    blob_keys_file: Path | None = Field(
        default=None,
        description=(
            "File with the keys that recordings and transcripts are encrypted with: on each line an"
            " id and 32 bytes in base64. The first key writes, all of them read; the same for all"
            " parts of a farm. None: they are stored as they are."
        ),
    )
    blob_keys_command: str | None = Field(
        default=None,
        description=(
            "Command that prints these keys, in place of the file. It is run without a shell when a"
            " process starts, and has no password in it."
        ),
    )
    blob_encryption_required: bool = Field(
        default=False,
        description=(
            "Whether recordings and transcripts that are stored without encryption are refused"
            " instead of read; for a farm whose blobs are all encrypted."
        ),
    )
    s3_endpoint_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("WHISPERFARM_S3_ENDPOINT_URL", "S3_ENDPOINT"),
        description=(
            "Address of the S3 server, for recordings and for models;"
            " none: Amazon's server for the region."
        ),
    )
    s3_public_endpoint_url: str | None = Field(
        default=None,
        description="Address of the S3 server in links for callers; none: the same address.",
    )
    s3_region: str | None = Field(
        default=None, description="Region of the bucket; none: boto3's region, else us-east-1."
    )
    s3_access_key_id: str | None = Field(
        default=None, description="Access key; none: boto3's usual sources of credentials."
    )
    s3_secret_access_key: SecretStr | None = Field(
        default=None, description="Secret key that belongs to the access key."
    )
    s3_encryption: Literal["AES256", "aws:kms"] | None = Field(
        default=None,
        description=(
            "Encryption that the farm asks the S3 server for, for all that it writes: `AES256`"
            " (SSE-S3) or `aws:kms` (SSE-KMS); none: as the bucket is set up."
        ),
    )
    s3_kms_key_id: str | None = Field(
        default=None,
        description="Id or ARN of the key of SSE-KMS; none: the server's own key for S3.",
    )

    @field_validator("blob_keys_file")
    @classmethod
    def _make_keys_file_absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @model_validator(mode="after")
    def _check_credentials(self) -> "BlobSettings":
        if (self.s3_access_key_id is None) != (self.s3_secret_access_key is None):
            raise InvalidSettings(
                "WHISPERFARM_S3_ACCESS_KEY_ID, WHISPERFARM_S3_SECRET_ACCESS_KEY: set both or"
                " neither"
            )
        return self

    @model_validator(mode="after")
    def _check_encryption(self) -> "BlobSettings":
        if self.blob_keys_file is not None and self.blob_keys_command is not None:
            raise InvalidSettings(
                "WHISPERFARM_BLOB_KEYS_FILE, WHISPERFARM_BLOB_KEYS_COMMAND: set one of them"
            )
        if self.blob_encryption_required and not (self.blob_keys_file or self.blob_keys_command):
            raise InvalidSettings(
                "WHISPERFARM_BLOB_ENCRYPTION_REQUIRED: set WHISPERFARM_BLOB_KEYS_FILE or"
                " WHISPERFARM_BLOB_KEYS_COMMAND as well"
            )
        if self.s3_kms_key_id is not None and self.s3_encryption != "aws:kms":
            raise InvalidSettings(
                "WHISPERFARM_S3_KMS_KEY_ID: set WHISPERFARM_S3_ENCRYPTION to aws:kms as well"
            )
        return self
