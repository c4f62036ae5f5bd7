"""The settings of a worker process."""

import socket
from os import getpid
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field

from whisperfarm_models.settings import ModelSettings
from whisperfarm_store.redaction.settings import RedactionSettings

EXIT_WITHIN_S = 7.0
"""How long the process may take to exit after the drain. Then it exits in any case: a ledger that
hangs would delay it by a timeout for each job. Rescue requeues what is left."""


def default_worker_name() -> str:
    """`host:pid`."""
    return f"{socket.gethostname()}:{getpid()}"


class WorkerSettings(ModelSettings, RedactionSettings):
    """Settings of a worker, in addition to those of the shared state and the models."""

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
        default=4, ge=1, le=256, description="Number of jobs that run at the same time."
    )
    trace_file: Path | None = Field(
        default=None,
        description=(
            "File to which the worker writes its stages and the calls of its device, for Perfetto"
            " or chrome://tracing. It is overwritten. None: no file."
        ),
    )
    trace_max_bytes: int = Field(
        default=256 << 20, gt=0, description="Size at which nothing more is written to that file."
    )
    batch_size: int | None = Field(
        default=None,
        ge=1,
        validation_alias=AliasChoices("WHISPERFARM_BATCH_SIZE", "WHISPERX_BATCH_SIZE"),
        description=(
            "Maximum number of speech windows in a batch; none: 8 on a CPU, and on a GPU 24, 16, 12"
            " or 8 for at least 40, 24, 12 or fewer GiB of memory (16 if it is not known)."
        ),
    )
    threads: int | None = Field(
        default=None,
        ge=1,
        description="CPU threads of each model call; none: the cores, divided among the calls.",
    )
    ffmpeg: str | None = Field(
        default=None,
        description="The ffmpeg to decode with; none: the one on the PATH, else the bundled one.",
    )
    scratch_reserve_bytes: int | None = Field(
        default=None,
        ge=0,
        description=(
            "Free bytes that decoded audio leaves on the disk of the data folder, for uploads,"
            " transcripts and the ledger. Below it, the worker takes no jobs. None: a tenth of the"
            " disk, at most 2 GiB."
        ),
    )
    drain_s: float = Field(
        default=25.0,
        ge=0,
        description="Seconds that a stopping worker waits for its jobs before it requeues them.",
    )
    checkpoint_s: float = Field(
        default=5.0,
        ge=0,
        description=(
            "Seconds between checkpoints of a long attempt, whose text is also sent in the events"
            " of its job; 0: none."
        ),
    )
    result_cache: bool = Field(
        default=True,
        description=(
            "Whether a job with the same recording and options as an earlier one gets its"
            " transcript."
        ),
    )
    speaker_threshold: float = Field(
        default=0.8,
        ge=-1,
        le=1,
        description=(
            "Similarity, from -1 to 1, at which a speaker gets the name of an enrolled voice, in"
            " jobs with name_speakers. Higher values name fewer speakers, and fewer wrongly."
        ),
    )
    pod_deletion_cost: bool = Field(
        default=False,
        description=(
            "Whether the worker gives its pod a high deletion cost while it has jobs, so that"
            " Kubernetes removes idle workers first; needs rights that the chart grants."
        ),
    )
    worker_name: str = Field(
        default_factory=default_worker_name,
        min_length=1,
        description="Name in the ledger and the logs; none: `host:pid`.",
    )

    @property
    def scratch_path(self) -> Path:
        """Folder for temporary files."""
        return self.data_dir / "tmp"
