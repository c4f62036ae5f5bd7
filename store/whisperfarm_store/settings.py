"""The settings that every process of the farm has: read once, checked at start, then frozen."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from whisperfarm_contract.presets import Preset, find, with_own
from whisperfarm_contract.problems import ModelUnknown, SettingsWrong

PREFIX = "WHISPERFARM_"


def default_data_dir() -> Path:
    """`$XDG_DATA_HOME/whisperfarm`, by default `~/.local/share/whisperfarm`."""
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "whisperfarm"


def _split(raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    return tuple(name.strip() for name in raw.split(",") if name.strip())


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several names, in the environment separated by commas."""


class StoreSettings(BaseSettings):
    """Settings of the shared state.

    Each is read from `WHISPERFARM_<NAME>`; an empty variable counts as not set. Raises
    `SettingsWrong`, naming the variable, when a value can not be used.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        default_factory=default_data_dir,
        description=(
            "Folder in which everything lives that is not placed elsewhere;"
            " none: `~/.local/share/whisperfarm`."
        ),
    )
    database_url: str | None = Field(
        repr=False,
        default=None,
        description=(
            "Where the ledger is: `postgresql://user:password@host/name`, or a SQLite URL;"
            " none: `ledger.sqlite` in the data folder."
        ),
    )
    broker_url: str | None = Field(
        repr=False,
        default=None,
        description=(
            "Celery broker URL, such as `amqp://user:password@host/vhost`;"
            " none: the embedded broker, `broker` in the data folder."
        ),
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description=(
            "`redis://:password@host/0`, to wake waiting callers at once;"
            " none: the ledger is asked again and again."
        ),
    )
    blob_url: str | None = Field(
        default=None,
        description=(
            "Where recordings and transcripts are: `s3://bucket/prefix` or a folder;"
            " none: `blobs` in the data folder."
        ),
    )
    s3_endpoint_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("WHISPERFARM_S3_ENDPOINT_URL", "S3_ENDPOINT"),
        description=(
            "Address of the S3 server, for recordings and for models;"
            " none: Amazon's, for the region."
        ),
    )
    s3_public_endpoint_url: str | None = Field(
        default=None,
        description="Address by which callers reach the S3 server, for links; none: the same.",
    )
    s3_region: str | None = Field(
        default=None, description="Region of the bucket; none: what boto3 finds, else us-east-1."
    )
    s3_access_key_id: str | None = Field(
        default=None, description="Access key; none: boto3 looks for credentials in its own ways."
    )
    s3_secret_access_key: SecretStr | None = Field(
        default=None, description="Secret key that belongs to the access key."
    )
    presets: Names = Field(
        default=("demo",),
        description="Presets or Whisper model names served, comma separated; first: the default.",
    )
    presets_file: Path | None = Field(
        default=None, description="TOML file with presets of your own, one table for each."
    )
    lease_s: float = Field(
        default=30.0, gt=0, description="How long a silent worker keeps a job, in seconds."
    )
    max_attempts: int = Field(
        default=3, ge=1, description="How many attempts may fail by the job itself before it fails."
    )
    max_audio_s: float = Field(
        default=12 * 3600.0, gt=0, description="Longest recording that is taken, in seconds."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least important log lines that are written."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log lines for people, or one JSON object per line."
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description=(
            "Port that shows the process's metrics at `/metrics`; 0: none. Under `whisperfarm up`"
            " the worker takes the next one."
        ),
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address that metrics are shown at, to whoever can connect: they name tenants.",
    )

    traces_url: str | None = Field(
        default=None,
        description=(
            "Where OpenTelemetry traces are sent, an OTLP/HTTP address such as"
            " `http://collector:4318/v1/traces`; none: nowhere."
        ),
    )

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SettingsWrong(_in_words(error)) from error

    @field_validator("data_dir", "presets_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser().absolute()

    @model_validator(mode="after")
    def _check_credentials(self) -> "StoreSettings":
        if (self.s3_access_key_id is None) != (self.s3_secret_access_key is None):
            raise SettingsWrong(
                f"{PREFIX}S3_ACCESS_KEY_ID, {PREFIX}S3_SECRET_ACCESS_KEY: set both or neither"
            )
        return self

    @field_validator("traces_url")
    @classmethod
    def _check_traces_url(cls, url: str | None) -> str | None:
        if url is not None and not _is_endpoint(url):
            raise SettingsWrong(
                f"{PREFIX}TRACES_URL: write the whole address, such as"
                " http://collector:4318/v1/traces; without a password, which belongs into"
                " OTEL_EXPORTER_OTLP_HEADERS"
            )
        return url

    @model_validator(mode="after")
    def _check_presets(self) -> "StoreSettings":
        if not self.presets:
            raise SettingsWrong(f"{PREFIX}PRESETS: name at least one preset")
        try:
            self.served()
        except ModelUnknown as error:
            raise SettingsWrong(f"{PREFIX}PRESETS: {error.detail}") from error
        return self

    @property
    def ledger_url(self) -> str:
        """Where the ledger is."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ledger.sqlite'}"

    @property
    def blobs_url(self) -> str:
        """Where recordings and transcripts are."""
        return self.blob_url or str(self.data_dir / "blobs")

    @property
    def blobs_folder(self) -> Path | None:
        """Where they are, if that is a folder of this machine."""
        return None if self.blobs_url.startswith("s3://") else Path(self.blobs_url)

    @property
    def messages_url(self) -> str:
        """Where the broker is."""
        return self.broker_url or "filesystem://"

    @property
    def broker_dir(self) -> Path:
        """The folder of the embedded broker."""
        return self.data_dir / "broker"

    def served(self) -> Mapping[str, Preset]:
        """The presets that this farm serves, by name, the default first."""
        known = with_own(self.presets_file)
        return {name: find(name, known) for name in self.presets}


def _is_endpoint(url: str) -> bool:
    """Whether it has a host and a path, no port that can not be and nothing that is secret."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        return False
    whole = parts.hostname and parts.path.strip("/") and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and bool(whole) and port_is_fine


def _in_words(error: ValidationError) -> str:
    return "; ".join(f"{_variable(one['loc'])}: {one['msg']}" for one in error.errors())


def _variable(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else ""
    return name if name.isupper() else PREFIX + name.upper()
