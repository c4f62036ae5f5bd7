"""What a profile may contain."""

import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

_SIZE = re.compile(r"([1-9]\d{0,4}) ?(MB|MiB|GB|GiB)")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _memory(raw: object) -> object:
    if not isinstance(raw, str) or not _SIZE.fullmatch(raw):
        raise ValueError("write a size such as 40GB or 512MB")
    return raw


Name = Annotated[str, Field(min_length=1, max_length=200)]


class Engines(_Section):
    """Names of speech models, by use."""

    primary: Name
    critical: Name | None = None
    streaming: Name | None = None
    fallback: Name | None = None


class Diarization(_Section):
    """Names of diarizers, by use."""

    primary: Name | None = None
    standard: Name | None = None
    complex: Name | None = None
    fast: Name | None = None


class Resources(_Section):
    """What the worker may use."""

    gpu_memory_limit: Annotated[str | None, BeforeValidator(_memory)] = None
    batch_size_auto: bool | None = None
    batch_size: Annotated[int, Field(ge=1, le=1024)] | None = None
    parallel_streams: Annotated[int, Field(ge=1, le=256)] | None = None
    cpu_threads: Annotated[int, Field(ge=1, le=1024)] | None = None

    @model_validator(mode="after")
    def _check_batch(self) -> "Resources":
        if self.batch_size_auto and self.batch_size is not None:
            raise ValueError("batch_size_auto contradicts batch_size; remove one of the two")
        return self


class Optimization(_Section):
    """How the models are computed."""

    use_flash_attention: bool | None = None
    fp16_precision: bool | None = None
    int8_quantization: bool | None = None
    vad_preprocessing: bool | None = None
    model_pruning: bool | None = None
    cache_models: bool | None = None

    @model_validator(mode="after")
    def _check_precision(self) -> "Optimization":
        if self.fp16_precision and self.int8_quantization:
            raise ValueError(
                "fp16_precision contradicts int8_quantization; set one of them to false"
            )
        return self


class Profile(_Section):
    """A profile."""

    engines: Engines
    diarization: Diarization = Diarization()
    resources: Resources = Resources()
    optimization: Optimization = Optimization()
