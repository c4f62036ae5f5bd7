"""Settings of an edge farm that sends jobs to a hub."""

from pathlib import Path

from pydantic import Field, model_validator

from whisperfarm_contract.job import Job
from whisperfarm_contract.problems import ForbiddenAddress, InvalidSettings
from whisperfarm_dispatcher.egress import ALL_NETWORKS, read_target
from whisperfarm_dispatcher.hub.hours import read_hours
from whisperfarm_dispatcher.hub.selection import read_selection
from whisperfarm_store.settings import CommaSeparated, StoreSettings


class HubSettings(StoreSettings):
    """Settings of the connection to a hub."""

    hub_url: str | None = Field(
        default=None,
        description=(
            "Address of a hub farm, which transcribes the recordings of this farm again. It may lie"
            " in a private network. None: nothing is sent."
        ),
    )
    hub_key_file: Path | None = Field(
        default=None,
        description="File with the API key for the hub. It is read for each request.",
    )
    hub_ca_file: Path | None = Field(
        default=None, description="File with the certificate authorities that the hub is proved by."
    )
    hub_jobs: CommaSeparated = Field(
        default=(),
        description=(
            "Jobs that are sent to the hub, comma separated: `preset=`, `quality=` or `tenant=` and"
            " a name. Names of one kind are alternatives. None: all jobs."
        ),
    )
    hub_model: str | None = Field(
        default=None,
        description="Preset of the hub's jobs. None: the model or quality that the caller named.",
    )
    hub_bytes_per_s: int = Field(
        default=0,
        ge=0,
        description="Most bytes per second that a dispatcher sends to the hub; 0: no limit.",
    )
    hub_hours: str | None = Field(
        default=None,
        description=(
            "Hours in which recordings are sent, such as `22:00-06:00` in the zone of this machine,"
            " or `22:00-06:00 Europe/Berlin`. None: always."
        ),
    )
    hub_timeout_s: float = Field(
        default=60.0,
        gt=0,
        description=(
            "Longest time of one request to the hub, in seconds. If a dispatcher dies, another one"
            " continues its work after two and a half times as long."
        ),
    )
    hub_interval_s: float = Field(
        default=5.0,
        gt=0,
        description=(
            "Shortest time between two polls of a job of the hub, and first pause after a failure,"
            " in seconds."
        ),
    )

    def is_forwarded(self, job: Job) -> bool:
        """Whether a new job is also sent to the hub: not if its recording is to be destroyed."""
        if self.hub_url is None or job.options.destroys_originals:
            return False
        return read_selection(self.hub_jobs).matches(job)

    @model_validator(mode="after")
    def _check_hub(self) -> "HubSettings":
        read_hours(self.hub_hours)
        read_selection(self.hub_jobs)
        try:
            read_target(self.hub_url or "http://localhost", ALL_NETWORKS)
        except ForbiddenAddress as problem:
            raise InvalidSettings(f"WHISPERFARM_HUB_URL: {problem.detail}") from None
        return self
