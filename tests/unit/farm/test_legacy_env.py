"""Environment variables of earlier deployments."""

import pytest

from whisperfarm.legacy_env import apply, presets_to_pull


def test_apply_translates_legacy_names() -> None:
    environ = {"MODEL_SIZE": "large-v3", "WHISPERX_CACHE_DIR": "/app/models"}
    apply(environ)
    assert environ["WHISPERFARM_PRESETS"] == "large-v3"
    assert environ["WHISPERFARM_MODELS_DIR"] == "/app/models"


def test_apply_keeps_names_that_are_set() -> None:
    environ = {"MODEL_SIZE": "large-v3", "WHISPERFARM_PRESETS": "fast"}
    apply(environ)
    assert environ["WHISPERFARM_PRESETS"] == "fast"


def test_apply_pulls_s3_models_at_start() -> None:
    environ = {"USE_S3_MODELS": "true", "MODEL_BUCKET": "ours"}
    apply(environ)
    assert environ["WHISPERFARM_MODELS_FROM"] == "s3://ours/models"
    assert environ["WHISPERFARM_MODELS_PULL_AT_START"] == "true"


def test_apply_uses_the_legacy_default_bucket() -> None:
    environ = {"USE_S3_MODELS": "True"}
    apply(environ)
    assert environ["WHISPERFARM_MODELS_FROM"] == "s3://whisper-models/models"


def test_apply_does_not_pull_preloaded_models() -> None:
    environ = {"USE_S3_MODELS": "true", "WHISPERX_MODELS_PRELOADED": "true"}
    apply(environ)
    assert "WHISPERFARM_MODELS_PULL_AT_START" not in environ


def test_apply_sets_nothing_without_legacy_names() -> None:
    environ: dict[str, str] = {"USE_S3_MODELS": "false"}
    apply(environ)
    assert environ == {"USE_S3_MODELS": "false"}


@pytest.mark.parametrize(
    ("environ", "presets"),
    [
        ({"DOWNLOAD_MODELS": "small, medium"}, "small,medium"),
        ({"ENVIRONMENT": "development"}, "small,medium"),
        ({"ENVIRONMENT": "production"}, "fast,balanced,high,premium"),
        ({"DOWNLOAD_MODELS": "tiny", "ENVIRONMENT": "production"}, "tiny"),
        ({"ENVIRONMENT": "staging"}, None),
        ({}, None),
    ],
)
def test_presets_to_pull_reads_the_build_arguments(
    environ: dict[str, str], presets: str | None
) -> None:
    assert presets_to_pull(environ) == presets
