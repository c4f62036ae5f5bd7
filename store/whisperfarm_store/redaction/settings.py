"""Settings of redaction."""

from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from pydantic import Field, model_validator

from whisperfarm_store.redaction.kinds import KINDS, Kinds
from whisperfarm_store.redaction.pattern_file import read_patterns
from whisperfarm_store.settings import StoreSettings


class RedactionSettings(StoreSettings):
    """Settings of redaction."""

    redaction_file: Path | None = Field(
        default=None,
        description=(
            "YAML file with your own kinds of data to mask: a mapping `patterns` from names to"
            " regular expressions of RE2. It is the same for dispatcher and workers."
        ),
    )

    @cached_property
    def redaction_kinds(self) -> Kinds:
        """All kinds of data: those of the file, then the built-in ones."""
        return MappingProxyType({**read_patterns(self.redaction_file), **KINDS})

    @model_validator(mode="after")
    def _check_redaction(self) -> "RedactionSettings":
        _ = self.redaction_kinds
        return self
