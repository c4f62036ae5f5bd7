"""The settings of a worker process."""

import socket
from os import getpid
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field

from whisperfarm_models.settings import ModelSettings


def default_worker_name() -> str:
    """`host:pid`."""
    return f"{socket.gethostname()}:{getpid()}"


class WorkerSettings(ModelSettings):
    """Settings of a worker, beside those of the shared state and of the models."""

    device: str = Field(
        default="auto",
        pattern=r"^(auto|cpu|cuda(:\d+)?)$",
        description="Where models run: `auto`, `cpu`, `cuda` or `cuda:<n>`.",
    )
    compute_type: Literal[
        "auto", "default", "float32", "float16", "bfloat16", "int16",
        "int8", "int8_float32", "int8_float16", "int8_bfloat16",
    ] = Field(
        default="auto",
        description="Number format of the speech model; `auto`: int8 on a CPU, float16 on a GPU.",
    )  # fmt: skip
    concurrency: int = Field(
        default=4, ge=1, le=256, description="How many jobs are worked on at once."
    )
    batch_size: int | None = Field(
        default=None,
        ge=1,
        validation_alias=AliasChoices("WHISPERFARM_BATCH_SIZE", "WHISPERX_BATCH_SIZE"),
        description="Most windows of speech in one batch; none: 8 on a CPU, 16 on a GPU.",
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        description="CPU threads of each call of a model; none: the cores, shared by the calls.",
    )
    ffmpeg: str | None = Field(
        default=None,
        description="The ffmpeg to decode with; none: the one on the PATH, else the bundled one.",
    )
    drain_s: float = Field(
        default=25.0,
        ge=0,
        description="How long a stopping worker lets its jobs go on before it gives them back.",
    )
    checkpoint_s: float = Field(
        default=30.0,
        ge=0,
        description="How often a long attempt keeps what it has heard so far; 0: never.",
    )
    result_cache: bool = Field(
        default=True,
        description="Whether the same recording, asked for alike, is answered from the first time.",
    )
    pod_deletion_cost: bool = Field(
        default=False,
        description=(
            "Whether Kubernetes is told that this worker's pod is dear while it has jobs, so that"
            " idle ones are taken first; needs rights that the chart gives."
        ),
    )
    worker_name: str = Field(
        default_factory=default_worker_name,
        min_length=1,
        description="Name in the ledger and the logs; none: `host:pid`.",
    )

    @property
    def scratch_path(self) -> Path:
        """Where workers keep what they only need for a while."""
        return self.data_dir / "tmp"
