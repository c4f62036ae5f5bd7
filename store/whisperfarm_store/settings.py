"""The settings of every process of the farm: read once, validated at start, immutable."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from whisperfarm_contract.lanes import Objectives, read_objectives
from whisperfarm_contract.presets import Preset, get_preset, with_custom
from whisperfarm_contract.problems import InvalidSettings, UnknownModel
from whisperfarm_store.blob_settings import BlobSettings
from whisperfarm_store.profiles.document import Profile
from whisperfarm_store.profiles.effects import settings_of
from whisperfarm_store.profiles.presets import check_names, preset_names, presets_of
from whisperfarm_store.profiles.reading import read_profile

PREFIX = "WHISPERFARM_"


def default_data_dir() -> Path:
    """Return `$XDG_DATA_HOME/whisperfarm`, by default `~/.local/share/whisperfarm`."""
    home = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(home).expanduser() / "whisperfarm"


def _split_commas(raw: Any) -> Any:
    if not isinstance(raw, str):
        return raw
    return tuple(name.strip() for name in raw.split(",") if name.strip())


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]
"""Several names, separated by commas in the environment."""


class _ProfileSource(PydanticBaseSettingsSource):
    """The settings that follow from the profile, for those that nothing else sets."""

    def __call__(self) -> dict[str, Any]:
        path = self.current_state.get("profile")
        if not path:
            return {}
        profile = read_profile(_absolute(Path(path)))
        return {**settings_of(profile), "presets": preset_names(profile)}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        raise NotImplementedError("the values are read together")


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


class StoreSettings(BlobSettings):
    """Settings of the shared state.

    Each is read from `WHISPERFARM_<NAME>`; an empty variable counts as unset. Raises
    `InvalidSettings`, naming the variable, if a value is not valid.
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
            "Folder for all data that no other setting places elsewhere;"
            " none: `~/.local/share/whisperfarm`."
        ),
    )
    database_url: str | None = Field(
        repr=False,
        default=None,
        description=(
            "URL of the ledger: `postgresql://user:password@host/name`, or a SQLite URL;"
            " none: `ledger.sqlite` in the data folder."
        ),
    )
    broker_url: str | None = Field(
        repr=False,
        default=None,
        description=(
            "Celery broker URL, such as `amqp://user:password@host/vhost`;"
            " none: the embedded broker in the folder `broker` of the data folder."
        ),
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description=(
            "`redis://:password@host/0`, for notifications to waiting callers;"
            " none: the ledger is polled."
        ),
    )
    presets: CommaSeparated = Field(
        default=("demo",),
        description="Served presets or Whisper model names, comma separated; first: the default.",
    )
    presets_file: Path | None = Field(
        default=None, description="TOML file with additional presets, one table for each."
    )
    profile: Path | None = Field(
        default=None,
        description=(
            "YAML file that says which engines and diarizers the farm uses for which quality; the"
            " same for all parts of a farm. Its presets are served unless `WHISPERFARM_PRESETS` is"
            " set."
        ),
    )
    lease_s: float = Field(
        default=30.0,
        gt=0,
        description=(
            "Seconds after which a worker without heartbeat loses a job; the same for all parts of"
            " a farm."
        ),
    )
    max_attempts: int = Field(
        default=3,
        ge=1,
        description="Number of failures of a job's own after which it fails; outages do not count.",
    )
    max_audio_s: float = Field(
        default=12 * 3600.0, gt=0, description="Maximum length of a recording in seconds."
    )
    max_channel_s: float = Field(
        default=24 * 3600.0,
        gt=0,
        description=(
            "Maximum length of all channels together in seconds, if each is decoded by itself"
            " (`channels=speakers`, or legs of a call); a mix counts as one channel, and so does"
            " each audio track."
        ),
    )
    lane_objectives: CommaSeparated = Field(
        default=("live=10", "standard=300", "bulk=21600"),
        description=(
            "Seconds within which the jobs of each lane should start, comma separated, each"
            " `lane=seconds`; the same for all parts of a farm. Later ones count in"
            " `whisperfarm_jobs_late_total`. A recording that takes longer than the objective of a"
            " higher lane leaves slots of the workers free for it."
        ),
    )
    custody: bool = Field(
        default=False,
        description=(
            "Whether the ledger keeps a chain of custody for each job; the same for all parts of a"
            " farm."
        ),
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Lowest level of log lines that are written."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Log lines as text, or one JSON object per line."
    )
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description=(
            "Port that serves the process's metrics at `/metrics`; 0: none. Under `whisperfarm up`"
            " the worker uses the next port."
        ),
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        description="Address that serves metrics, without authentication; they name tenants.",
    )

    traces_url: str | None = Field(
        default=None,
        description=(
            "OTLP/HTTP address that receives OpenTelemetry traces, such as"
            " `http://collector:4318/v1/traces`; none: no traces."
        ),
    )

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise InvalidSettings(_format_error(error)) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _ProfileSource(settings_cls)

    @field_validator("data_dir", "presets_file", "profile")
    @classmethod
    def _make_absolute(cls, path: Path | None) -> Path | None:
        return None if path is None else _absolute(path)

    @field_validator("traces_url")
    @classmethod
    def _check_traces_url(cls, url: str | None) -> str | None:
        if url is not None and not _is_endpoint(url):
            raise InvalidSettings(
                f"{PREFIX}TRACES_URL: not a valid address; write it in full, such as"
                " http://collector:4318/v1/traces, and put a password in"
                " OTEL_EXPORTER_OTLP_HEADERS"
            )
        return url

    @field_validator("lane_objectives")
    @classmethod
    def _check_objectives(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        read_objectives(entries)
        return entries

    @model_validator(mode="after")
    def _check_presets(self) -> "StoreSettings":
        if not self.presets:
            raise InvalidSettings(f"{PREFIX}PRESETS: name at least one preset")
        if self.profile is not None and (profile := self.read_profile()):
            check_names(self.profile, profile, with_custom(self.presets_file))
        try:
            self.planned_presets()
        except UnknownModel as error:
            raise InvalidSettings(f"{PREFIX}PRESETS: {error.detail}") from error
        return self

    @property
    def resolved_database_url(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ledger.sqlite'}"

    @property
    def resolved_blob_url(self) -> str:
        """URL or folder of the blob store."""
        return self.blob_url or str(self.data_dir / "blobs")

    @property
    def local_blobs_dir(self) -> Path | None:
        """Folder of the blob store, or `None` if it is a bucket."""
        url = self.resolved_blob_url
        if url.startswith("s3://"):
            return None
        path = unquote(urlsplit(url).path) if url.startswith("file://") else url
        return Path(path).expanduser().absolute()

    @property
    def resolved_broker_url(self) -> str:
        """URL of the broker."""
        return self.broker_url or "filesystem://"

    @property
    def broker_dir(self) -> Path:
        """Folder of the embedded broker."""
        return self.data_dir / "broker"

    @property
    def objectives_s(self) -> Objectives:
        """The seconds within which the jobs of each lane should start."""
        return read_objectives(self.lane_objectives)

    def read_profile(self) -> Profile | None:
        """Return the farm's profile, if it has one."""
        return None if self.profile is None else read_profile(self.profile)

    def planned_presets(self) -> Mapping[str, Preset]:
        """Return the presets that this farm serves where all models are installed, by name, the
        default first."""
        known = with_custom(self.presets_file)
        profile = self.read_profile()
        if self.profile is not None and profile is not None:
            known = {**known, **presets_of(self.profile, profile, known)}
        return {name: get_preset(name, known) for name in self.presets}

    def served_presets(self) -> Mapping[str, Preset]:
        """Return the presets that this process serves, by name, the default first."""
        return self.planned_presets()


def _is_endpoint(url: str) -> bool:
    """Return whether the URL has a host, a path and a valid port, and no credentials."""
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port != 0
    except ValueError:
        return False
    whole = parts.hostname and parts.path.strip("/") and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and bool(whole) and port_is_fine


def _format_error(error: ValidationError) -> str:
    return "; ".join(f"{_env_name(one['loc'])}: {one['msg']}" for one in error.errors())


def _env_name(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else ""
    return name if name.isupper() else PREFIX + name.upper()
