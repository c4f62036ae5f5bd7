"""Settings of the dispatcher, in addition to those that all processes share."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import limits
from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from whisperfarm_contract import options
from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.permissions import Role, Roles
from whisperfarm_contract.problems import ClientError, InvalidSettings
from whisperfarm_dispatcher.additions.targets import read_targets
from whisperfarm_dispatcher.amqp.schema import DEFAULT_MAX_AUDIO_BYTES
from whisperfarm_dispatcher.amqp.settings_check import check_amqp_ingress
from whisperfarm_dispatcher.api.certificates.settings import CertificateSettings
from whisperfarm_dispatcher.api.facades.models import read_aliases
from whisperfarm_dispatcher.api.keys import KeyRing, join, read_keys
from whisperfarm_dispatcher.api.oidc.settings import OidcSettings
from whisperfarm_dispatcher.api.roles import read_roles
from whisperfarm_dispatcher.api.tokens.claims import ClaimNames
from whisperfarm_dispatcher.api.tokens.wiring import TokenSettings, check_tokens
from whisperfarm_dispatcher.callbacks.secrets import SecretRing, read_secrets
from whisperfarm_dispatcher.egress import Networks, read_networks
from whisperfarm_dispatcher.hub.settings import HubSettings
from whisperfarm_dispatcher.submission.lane_limits import LaneLimits, read_limits
from whisperfarm_dispatcher.submission.tenant_days import read_days, shortest
from whisperfarm_store.redaction.settings import RedactionSettings
from whisperfarm_store.settings import CommaSeparated


class DispatcherSettings(CertificateSettings, OidcSettings, HubSettings, RedactionSettings):
    """Settings of the dispatcher."""

    host: str = Field(
        default="127.0.0.1",
        description="Address to listen on. Without API keys it must be a loopback address.",
    )
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port to listen on; 0: any free port."
    )
    api_keys: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("WHISPERFARM_API_KEYS", "API_KEYS"),
        description=(
            "API keys, comma separated, each `[tenant:]key`. A key may be given by its digest,"
            " `sha256:<hex>`. None: unless `WHISPERFARM_REQUIRE_KEY` is true, the API needs no key"
            " and listens on a loopback address only."
        ),
    )
    operator_keys: SecretStr | None = Field(
        default=None,
        description=(
            "API keys of operators, in the form of `WHISPERFARM_API_KEYS`. They may also pause the"
            " farm and manage its jobs. None: only a farm without API keys can be operated by HTTP."
        ),
    )
    require_key: bool = Field(
        default=False,
        description=(
            "Whether the API requires a key even if these two settings have none: all keys are made"
            " by `whisperfarm keys create`."
        ),
    )
    roles_file: Path | None = Field(
        default=None,
        description=(
            "YAML file with additional roles: a mapping `roles` from names to lists of permissions."
            " A role with the name of a built-in one replaces it."
        ),
    )
    session_hours: float = Field(
        default=12.0,
        gt=0,
        le=24 * 30,
        description="Hours after which a person who signed in to the page must sign in again.",
    )
    token_issuer: str | None = Field(
        default=None,
        description="Issuer of signed tokens (JWT), as their claim `iss` names it; none: no token.",
    )
    token_audience: str | None = Field(
        default=None, description="What the claim `aud` of a token must name: this farm."
    )
    token_secret: SecretStr | None = Field(
        default=None,
        description=(
            "Secret of at least 32 bytes that the issuer signs tokens with, by HS256. None: tokens"
            " are verified with the public keys of one of the next two settings."
        ),
    )
    token_jwks_file: Path | None = Field(
        default=None,
        description=(
            "JWKS file with the issuer's public keys, for RS256, ES256 and EdDSA. It is read again"
            " when it changes."
        ),
    )
    token_jwks_url: str | None = Field(
        default=None,
        description=(
            "Address of the issuer's JWKS, with `https://` unless the network is your own. A"
            " private address also needs `WHISPERFARM_ALLOWED_NETWORKS`."
        ),
    )
    token_tenant_claim: str = Field(
        default="tenant",
        min_length=1,
        description=(
            "Claim with the tenant: its name, or a JSON pointer to a member, such as `/org/tenant`."
        ),
    )
    token_role_claim: str = Field(
        default="role",
        min_length=1,
        description="Claim with a role or several, such as `/realm_access/roles` for Keycloak.",
    )
    token_scope_claim: str = Field(
        default="scope",
        min_length=1,
        description=(
            "Claim with permissions. They limit the roles of the token; without a role, they are"
            " what it permits."
        ),
    )
    token_clock_skew_s: float = Field(
        default=30.0,
        ge=0,
        le=300,
        description="Seconds by which the clocks of issuer and farm may differ.",
    )
    max_upload_bytes: int = Field(
        default=2 << 30, gt=0, description="Largest accepted recording, in bytes."
    )
    model_aliases: CommaSeparated = Field(
        default=("whisper-1", "gpt-4o*-transcribe*", "nova*", "enhanced*"),
        description=(
            "Names of models that clients of other speech-to-text services send, comma separated,"
            " each `name=preset`, or `name` alone for the farm's first preset. A `*` stands for any"
            " characters. Names of presets need no alias."
        ),
    )
    headerless_audio: str | None = Field(
        default=None,
        description=(
            "Encoding and sample rate of recordings without a header from clients that cannot state"
            " them, such as `s16le:16000` for SIPREC's provider `openai`. None: such recordings are"
            " rejected."
        ),
    )
    dispatch_interval_s: float = Field(
        default=0.5,
        gt=0,
        description=(
            "Longest time between two runs of dispatch, in seconds. While jobs are waiting, it runs"
            " as often as workers need new ones."
        ),
    )
    rescue_interval_s: float = Field(
        default=2.0,
        gt=0,
        description=(
            "Interval at which stuck jobs are recovered and unpolled ones cancelled, in seconds."
        ),
    )
    lease_grace_s: float = Field(
        default=10.0,
        ge=0,
        description=(
            "Seconds after an outage of the ledger, and after the dispatcher's start, in which"
            " expired leases are left alone."
        ),
    )
    redispatch_after_s: float = Field(
        default=30.0,
        gt=0,
        description=(
            "Seconds after which a dispatched job that no worker has claimed is dispatched again;"
            " the interval grows with each time."
        ),
    )
    max_worker_deaths: int = Field(
        default=3, ge=1, description="Worker deaths after which a job fails and is quarantined."
    )
    max_wait_s: float = Field(
        default=3600.0,
        ge=0,
        description="Longest `wait` of a request, in seconds; a longer one is shortened to it.",
    )

    callback_secrets: SecretStr | None = Field(
        default=None,
        description=(
            "Secrets that sign callbacks, comma separated, each `[tenant:]whsec_<base64>`. If a"
            " tenant has several, each callback carries a signature by each. None: jobs with a"
            " `callback_url` are rejected."
        ),
    )
    callback_interval_s: float = Field(
        default=0.5, gt=0, description="Interval at which due callbacks are sent, in seconds."
    )
    additions: CommaSeparated = Field(
        default=(),
        description=(
            "Analyses that jobs may ask for with `additions`, comma separated: `<name>=<URL>` is a"
            " service, and `<name>` alone a Python function among the entry points"
            " `whisperfarm.additions`. None: jobs that ask for additions are rejected."
        ),
    )
    additions_timeout_s: float = Field(
        default=60.0,
        gt=0,
        le=80,  # shorter than the lease on a callback
        description="Longest time of one try to make an addition, in seconds.",
    )
    allowed_networks: str = Field(
        default="",
        description=(
            "Private networks to which callbacks and downloads of audio may connect, comma"
            " separated, such as `10.1.0.0/16,fd00::/8`. Public addresses are always allowed."
        ),
    )

    amqp_ingress: bool = Field(
        default=False,
        description=(
            "Whether jobs can be submitted as messages on the queue `whisperfarm.jobs`. The broker"
            " must be RabbitMQ. A client that may publish to the queue needs no API key."
        ),
    )
    amqp_tenants: CommaSeparated = Field(
        default=(DEFAULT_TENANT,),
        description=(
            "Tenants that submit jobs over RabbitMQ, comma separated. The queue of `default` is"
            " `whisperfarm.jobs`, that of another tenant `whisperfarm.jobs.<tenant>`."
        ),
    )
    amqp_role: str = Field(
        default=Role.CALLER.value,
        description="Role of those who may publish to a queue of the AMQP ingress.",
    )
    amqp_max_audio_bytes: int = Field(
        default=DEFAULT_MAX_AUDIO_BYTES,
        gt=0,
        description="Largest recording inside a RabbitMQ message, in bytes, before base64.",
    )

    max_connections: int = Field(
        default=2000,
        ge=1,
        description=(
            "Most open connections; fewer if the process may not have twice as many descriptors."
            " At the limit, the oldest idle connection is closed."
        ),
    )
    max_connections_per_address: int = Field(
        default=0,
        ge=0,
        description=(
            "Most open connections of one address; 0: unlimited. Behind a proxy, all connections"
            " have the address of the proxy."
        ),
    )
    upload_stall_s: float = Field(
        default=60.0,
        gt=0,
        description=(
            "Longest pause of an upload, in seconds. A slow upload is accepted: a call may be sent"
            " while it is recorded."
        ),
    )
    rate_limit: str | None = Field(
        default=None,
        description="Rate limit of requests per tenant, such as `20/second`; none: unlimited.",
    )
    max_backlog_jobs: int = Field(
        default=100_000, ge=0, description="Most unfinished jobs of the farm; 0: unlimited."
    )
    max_backlog_audio_s: float = Field(
        default=36_000_000.0,
        ge=0,
        description="Most seconds of audio in the farm's unfinished jobs; 0: unlimited.",
    )
    max_tenant_jobs: int = Field(
        default=0, ge=0, description="Most unfinished jobs of each tenant; 0: unlimited."
    )
    max_tenant_audio_s: float = Field(
        default=0.0,
        ge=0,
        description="Most seconds of audio in a tenant's unfinished jobs; 0: unlimited.",
    )
    max_tenant_jobs_per_day: int = Field(
        default=0,
        ge=0,
        description="Most jobs that each tenant submits in a day (UTC); 0: unlimited.",
    )
    max_tenant_audio_s_per_day: float = Field(
        default=0.0,
        ge=0,
        description="Most seconds of audio that each tenant submits in a day (UTC); 0: unlimited.",
    )
    max_lanes: CommaSeparated = Field(
        default=("live",),
        description=(
            "Highest lane of a tenant's jobs, comma separated, each `tenant=lane`, or `lane` alone"
            " for all other tenants. The lanes are `live`, `standard` and `bulk`."
        ),
    )
    link_expires_s: int = Field(
        default=3600,
        ge=1,
        le=7 * 24 * 3600,
        description="How long a link to a transcript is valid, in seconds; S3 allows a week.",
    )

    custody_key_file: Path | None = Field(
        default=None,
        description=(
            "File with the private key that signs chains of custody and their roots, made by"
            " `whisperfarm custody key`. None: they are not signed."
        ),
    )

    custody_roots_url: str | None = Field(
        default=None,
        description=(
            "Where each root of the chains of custody is exported to: a folder or"
            " `s3://bucket/prefix`, where those who can write the database cannot write."
        ),
    )
    custody_roots_lock_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description=(
            "Days for which an exported root in S3 cannot be deleted, by object lock, which the"
            " bucket must have; 0: no lock."
        ),
    )
    custody_time_authority: str | None = Field(
        default=None,
        description=(
            "URL of a time authority (RFC 3161) that stamps each exported root; it gets a digest"
            " only."
        ),
    )
    search: bool = Field(
        default=True,
        description=(
            "Index the texts of transcripts in the ledger, so that jobs are found by them. What was"
            " indexed before is removed by `whisperfarm index remove`."
        ),
    )

    keep_audio_days: float = Field(
        default=0.0, ge=0, description="Days that audio is kept after its job ends; 0: forever."
    )
    keep_results_days: float = Field(
        default=0.0,
        ge=0,
        description="Days that transcripts are kept after their job ends; 0: forever.",
    )
    keep_jobs_days: float = Field(
        default=0.0,
        ge=0,
        description="Days that a job, its audio and transcript are kept after it ends; 0: forever.",
    )
    tenant_keep_audio_days: CommaSeparated = Field(
        default=(),
        description=(
            "Most days that the recordings of a tenant's new jobs are kept, comma separated, each"
            " `tenant=days`; 0: deleted at the end of the job."
        ),
    )
    tenant_keep_results_days: CommaSeparated = Field(
        default=(),
        description="Most days that transcripts are kept, in the same form.",
    )
    idempotency_days: float = Field(
        default=7.0, gt=0, description="Days that an idempotency key is remembered."
    )

    @property
    def requires_key(self) -> bool:
        """Whether requests need an API key, a token or a client certificate."""
        others = (self.certificates_file, self.oidc_issuer)
        has_others = self.tokens.are_accepted or any(one is not None for one in others)
        return self.require_key or has_others or bool(self.key_ring.keys)

    @property
    def tokens(self) -> TokenSettings:
        """The settings of tokens."""
        return TokenSettings(
            secret=self.token_secret,
            jwks_file=self.token_jwks_file,
            jwks_url=self.token_jwks_url,
            issuer=self.token_issuer,
            audience=self.token_audience,
            names=ClaimNames(
                tenant=self.token_tenant_claim,
                roles=self.token_role_claim,
                scope=self.token_scope_claim,
            ),
            clock_skew_s=self.token_clock_skew_s,
        )

    @property
    def key_ring(self) -> KeyRing:
        """The API keys of callers and operators in the settings."""
        rings = [
            read_keys(keys.get_secret_value(), variable=variable, role=role)
            for variable, keys, role in (
                ("WHISPERFARM_API_KEYS", self.api_keys, Role.CALLER),
                ("WHISPERFARM_OPERATOR_KEYS", self.operator_keys, Role.OPERATOR),
            )
            if keys is not None
        ]
        return join(*rings)

    @property
    def roles(self) -> Roles:
        """The built-in roles and those of `roles_file`."""
        return read_roles(self.roles_file)

    @property
    def tenants(self) -> frozenset[str]:
        """Tenants of the API keys and of the AMQP ingress."""
        by_key = self.key_ring.tenants or {DEFAULT_TENANT}
        return frozenset(by_key) | frozenset(self.amqp_tenants if self.amqp_ingress else ())

    @property
    def networks(self) -> Networks:
        """Private networks that addresses of callers may lead to."""
        return read_networks(self.allowed_networks)

    @cached_property
    def addition_targets(self) -> Mapping[str, str]:
        """The URL of each addition; empty for an entry point."""
        return read_targets(self.additions)

    @property
    def secrets(self) -> SecretRing:
        secrets = self.callback_secrets
        return read_secrets("" if secrets is None else secrets.get_secret_value())

    @model_validator(mode="after")
    def _check_amqp_ingress(self) -> "DispatcherSettings":
        if self.amqp_ingress:
            check_amqp_ingress(self, self.amqp_tenants, role=self.amqp_role, roles=self.roles)
        return self

    @model_validator(mode="after")
    def _check_additions(self) -> "DispatcherSettings":
        read_targets(self.additions)
        return self

    @model_validator(mode="after")
    def _check_tokens(self) -> "DispatcherSettings":
        check_tokens(self.tokens, self.networks)
        return self

    @model_validator(mode="after")
    def _check_callers(self) -> "DispatcherSettings":
        self.certificate_verifier(self.roles)
        return self

    @field_validator("roles_file")
    @classmethod
    def _check_roles(cls, path: Path | None) -> Path | None:
        read_roles(path)
        return path

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
            raise InvalidSettings(
                f"WHISPERFARM_ALLOWED_NETWORKS: {error}; write a network as 10.1.0.0/16"
            ) from None
        return networks

    @field_validator("model_aliases")
    @classmethod
    def _check_aliases(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        read_aliases(entries)
        return entries

    @field_validator("max_lanes")
    @classmethod
    def _check_lanes(cls, entries: tuple[str, ...]) -> tuple[str, ...]:
        read_limits(entries)
        return entries

    @field_validator("tenant_keep_audio_days", "tenant_keep_results_days")
    @classmethod
    def _check_days(cls, entries: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        read_days(f"WHISPERFARM_{str(info.field_name).upper()}", entries)
        return entries

    def shorten_days(self, policy: JobPolicy, tenant: str) -> JobPolicy:
        """Return the policy of a new job with at most the tenant's days."""
        audio = read_days("audio", self.tenant_keep_audio_days)
        results = read_days("results", self.tenant_keep_results_days)
        return replace(
            policy,
            keep_audio_days=shortest(policy.keep_audio_days, tenant, audio),
            keep_results_days=shortest(policy.keep_results_days, tenant, results),
        )

    @property
    def lane_limits(self) -> LaneLimits:
        """The highest lane of the jobs of each tenant."""
        return read_limits(self.max_lanes)

    @property
    def aliases(self) -> Mapping[str, str]:
        """The presets of `model_aliases` by pattern; an empty text is the first preset."""
        return read_aliases(self.model_aliases)

    @property
    def headerless_options(self) -> dict[str, str]:
        """The options of a job for `headerless_audio`, or none."""
        if self.headerless_audio is None:
            return {}
        encoding, _, rate = self.headerless_audio.partition(":")
        return {"encoding": encoding, "sample_rate": rate}

    @field_validator("headerless_audio")
    @classmethod
    def _check_headerless_audio(cls, text: str | None) -> str | None:
        if text is not None:
            encoding, _, rate = text.partition(":")
            try:
                options.read({"encoding": encoding, "sample_rate": rate})
            except ClientError as error:
                raise InvalidSettings(
                    f"WHISPERFARM_HEADERLESS_AUDIO: {error.detail}; write it as s16le:16000"
                ) from None
        return text

    @field_validator("rate_limit")
    @classmethod
    def _check_rate(cls, rate: str | None) -> str | None:
        if rate is not None:
            limits.parse(rate)
        return rate

    @field_validator("api_keys", "operator_keys")
    @classmethod
    def _hash(cls, keys: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Keep only the digests: a key that is not in memory cannot leak from it."""
        if keys is None:
            return None
        variable = f"WHISPERFARM_{str(info.field_name).upper()}"
        return SecretStr(read_keys(keys.get_secret_value(), variable=variable).to_setting())

    @model_validator(mode="after")
    def _check_keys(self) -> "DispatcherSettings":
        """Raise `InvalidSettings` if a key of an operator is also one of another caller."""
        _ = self.key_ring
        return self
