"""The settings of the dispatcher, beside those that every process of the farm has."""

import limits
from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator

from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.problems import SettingsWrong
from whisperfarm_dispatcher.amqp.schema import MOST_AUDIO_BYTES
from whisperfarm_dispatcher.amqp.settings_check import check_door
from whisperfarm_dispatcher.api.keys import read_keys
from whisperfarm_dispatcher.callbacks.secrets import SecretRing, read_secrets
from whisperfarm_dispatcher.egress import Networks, read_networks
from whisperfarm_store.settings import Names, StoreSettings


class DispatcherSettings(StoreSettings):
    """Settings of the dispatcher."""

    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Without API keys only a loopback address is allowed.",
    )
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port to listen on; 0: one that is free."
    )
    api_keys: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("WHISPERFARM_API_KEYS", "API_KEYS"),
        description=(
            "Keys that callers must present, comma separated, each `[tenant:]key`;"
            " a key may be given as `sha256:<hex>` of itself. None: whoever can connect is served."
        ),
    )
    max_upload_bytes: int = Field(
        default=2 << 30, gt=0, description="Largest recording that is taken, in bytes."
    )
    release_every_s: float = Field(
        default=0.5, gt=0, description="How often accepted jobs are looked for, in seconds."
    )
    rescue_every_s: float = Field(
        default=2.0, gt=0, description="How often lost jobs are looked for, in seconds."
    )
    rerelease_after_s: float = Field(
        default=30.0,
        gt=0,
        description="After how many seconds an unclaimed job is given to the broker again, first.",
    )
    max_kills: int = Field(
        default=3,
        ge=1,
        description="After how many workers that died under it a job fails and is kept aside.",
    )
    max_wait_s: float = Field(
        default=3600.0,
        ge=0,
        description="Longest that a caller is kept waiting, in seconds; a longer `wait` is cut.",
    )

    callback_secrets: SecretStr | None = Field(
        default=None,
        description=(
            "Secrets that callbacks are signed with, comma separated, each"
            " `[tenant:]whsec_<base64>`; several of one tenant sign together. None: jobs with a"
            " `callback_url` are refused."
        ),
    )
    callbacks_every_s: float = Field(
        default=0.5, gt=0, description="How often due callbacks are looked for, in seconds."
    )
    allowed_networks: str = Field(
        default="",
        description=(
            "Networks beside the public ones that callbacks and audio by URL may reach, comma"
            " separated, such as `10.1.0.0/16,fd00::/8`."
        ),
    )

    rabbitmq_door: bool = Field(
        default=False,
        description=(
            "Take jobs from the queue `whisperfarm.jobs` of the broker, which is RabbitMQ then."
            " Whoever may write to the queue needs no API key."
        ),
    )
    rabbitmq_tenants: Names = Field(
        default=(DEFAULT_TENANT,),
        description=(
            "Tenants that hand in jobs over RabbitMQ, comma separated: `default` at"
            " `whisperfarm.jobs`, others at `whisperfarm.jobs.<tenant>`."
        ),
    )
    rabbitmq_audio_bytes: int = Field(
        default=MOST_AUDIO_BYTES,
        gt=0,
        description="Largest recording that a RabbitMQ message may carry in itself, in bytes.",
    )

    upload_stall_s: float = Field(
        default=60.0,
        gt=0,
        description=(
            "How long an upload may pause, in seconds. A slow one is fine: a call may be sent"
            " while it runs."
        ),
    )
    rate_limit: str | None = Field(
        default=None,
        description="Most requests of one tenant, such as `20/second`; none: any number.",
    )
    max_backlog_jobs: int = Field(
        default=100_000,
        ge=0,
        description="Most jobs that are in the farm and have not ended; 0: no bound.",
    )
    max_backlog_audio_s: float = Field(
        default=36_000_000.0,
        ge=0,
        description="Most seconds of audio of jobs that have not ended; 0: no bound.",
    )
    max_tenant_jobs: int = Field(
        default=0, ge=0, description="The same for each tenant: jobs; 0: no bound."
    )
    max_tenant_audio_s: float = Field(
        default=0.0, ge=0, description="The same for each tenant: seconds of audio; 0: no bound."
    )
    link_expires_s: int = Field(
        default=3600,
        ge=1,
        le=7 * 24 * 3600,
        description="How long a link to a transcript holds, in seconds; S3 allows a week.",
    )

    keep_audio_days: float = Field(
        default=0.0, ge=0, description="Days that audio is kept after its job ended; 0: for ever."
    )
    keep_results_days: float = Field(
        default=0.0, ge=0, description="Days that transcripts are kept; 0: for ever."
    )
    keep_jobs_days: float = Field(
        default=0.0,
        ge=0,
        description="Days that jobs are kept, with all that belongs to them; 0: for ever.",
    )
    idempotency_days: float = Field(
        default=7.0, gt=0, description="Days that an idempotency key makes one job of requests."
    )

    @property
    def tenants(self) -> frozenset[str]:
        """The tenants that these settings name."""
        keys = self.api_keys
        by_key = {DEFAULT_TENANT} if keys is None else read_keys(keys.get_secret_value()).tenants
        return frozenset(by_key) | frozenset(self.rabbitmq_tenants if self.rabbitmq_door else ())

    @property
    def networks(self) -> Networks:
        """The networks beside the public ones that callers may have the farm connect to."""
        return read_networks(self.allowed_networks)

    @property
    def secrets(self) -> SecretRing:
        """What callbacks are signed with."""
        secrets = self.callback_secrets
        return read_secrets("" if secrets is None else secrets.get_secret_value())

    @model_validator(mode="after")
    def _check_door(self) -> "DispatcherSettings":
        if self.rabbitmq_door:
            check_door(self, self.rabbitmq_tenants)
        return self

    @field_validator("callback_secrets")
    @classmethod
    def _check_secrets(cls, secrets: SecretStr | None) -> SecretStr | None:
        if secrets is not None:
            read_secrets(secrets.get_secret_value())
        return secrets

    @field_validator("allowed_networks")
    @classmethod
    def _check_networks(cls, networks: str) -> str:
        try:
            read_networks(networks)
        except ValueError as error:
            raise SettingsWrong(
                f"WHISPERFARM_ALLOWED_NETWORKS: {error}; write networks as 10.1.0.0/16"
            ) from None
        return networks

    @field_validator("rate_limit")
    @classmethod
    def _check_rate(cls, rate: str | None) -> str | None:
        if rate is not None:
            limits.parse(rate)
        return rate

    @field_validator("api_keys")
    @classmethod
    def _hash(cls, keys: SecretStr | None) -> SecretStr | None:
        """Keep the digests alone: a key that is not in memory does not end up anywhere else."""
        return None if keys is None else SecretStr(read_keys(keys.get_secret_value()).to_text())
