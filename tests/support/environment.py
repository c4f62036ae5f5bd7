"""The environment of tests and of the processes that they start."""

import os

STEERING = ("WHISPER", "API_KEYS", "HF_", "AWS_")
"""Prefixes of the environment variables that a farm, a client or a library reads."""

ENGINE_VARIABLES = (
    "HF_DATASETS_OFFLINE",
    "HF_HOME",
    "HF_HUB_OFFLINE",
    "NLTK_DATA",
    "TORCH_HOME",
    "TRANSFORMERS_OFFLINE",
)
"""Variables that an engine sets in its process before it imports its libraries."""


def forget_settings() -> None:
    """Remove variables that a farm reads from this process."""
    for name in [name for name in os.environ if name.startswith(STEERING)]:
        del os.environ[name]


def environment(**settings: str) -> dict[str, str]:
    """Return our environment without variables that a farm reads, and with `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    return {**kept, **settings}
