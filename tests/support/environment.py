"""The environment of tests and of the processes that they start."""

import os

STEERING = ("WHISPER", "API_KEYS", "HF_", "AWS_")
"""The beginnings of the names of variables that a farm, a client or a library reads."""

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
    """Remove from this process what would steer a farm."""
    for name in [name for name in os.environ if name.startswith(STEERING)]:
        del os.environ[name]


def environment(**settings: str) -> dict[str, str]:
    """Our environment without anything that would steer a farm, and with `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    return {**kept, **settings}
