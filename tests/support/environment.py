"""The environment of tests and of the processes that they start."""

import os

STEERING = ("WHISPER", "API_KEYS", "HF_", "AWS_", "OTEL_", "CELERY_")
"""Prefixes of the environment variables that a farm, a client or a library reads."""

BUILD_SERVICES = frozenset({
    "CI", "APPVEYOR", "BITBUCKET_BUILD_NUMBER", "BUILDKITE", "CIRCLECI", "CODEBUILD_BUILD_ID",
    "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "TEAMCITY_VERSION", "TF_BUILD", "TRAVIS",
})  # fmt: skip
"""Variables that build services set. Programs behave differently with them: onnxruntime sends no
telemetry, and no test may depend on that."""

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
    """Remove the variables of farms and build services from this process."""
    for name in os.environ.keys() - environment().keys():
        del os.environ[name]


def environment(**settings: str) -> dict[str, str]:
    """Return our environment without the variables of farms and build services, and with
    `settings`."""
    kept = {
        name: value
        for name in list(os.environ)
        if not name.startswith(STEERING)
        and name not in BUILD_SERVICES
        # pytest sets and removes its own variable while threads of a test call this.
        and (value := os.environ.get(name)) is not None
    }
    return {**kept, **settings}
