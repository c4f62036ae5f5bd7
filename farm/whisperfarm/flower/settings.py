"""The settings of Flower."""

from pydantic import Field, SecretStr, model_validator

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.hosts import is_loopback
from whisperfarm_store.settings import StoreSettings


class FlowerSettings(StoreSettings):
    """Address and login of Flower."""

    flower_host: str = Field(
        default="127.0.0.1",
        description="Address that Flower listens on. Without a login, only a loopback address.",
    )
    flower_port: int = Field(
        default=5555, ge=1, le=65535, description="Port that Flower listens on."
    )
    flower_user: str | None = Field(default=None, description="User name for Flower.")
    flower_password: SecretStr | None = Field(
        default=None, description="Password for Flower. Without it there is no login."
    )

    @model_validator(mode="after")
    def _check_login(self) -> "FlowerSettings":
        names = "WHISPERFARM_FLOWER_USER, WHISPERFARM_FLOWER_PASSWORD"
        if (self.flower_user is None) != (self.flower_password is None):
            raise InvalidSettings(f"{names}: set both or neither")
        if ":" in (self.flower_user or ""):
            raise InvalidSettings("WHISPERFARM_FLOWER_USER: the name has a colon; remove it")
        if self.login is None and not is_loopback(self.flower_host):
            raise InvalidSettings(
                f"{names}: without a login other hosts could see the jobs on {self.flower_host};"
                " set both, or set WHISPERFARM_FLOWER_HOST to 127.0.0.1"
            )
        return self

    @property
    def login(self) -> str | None:
        """`user:password`, or `None` without a login."""
        if self.flower_user is None or self.flower_password is None:
            return None
        return f"{self.flower_user}:{self.flower_password.get_secret_value()}"
