"""Environment names of earlier deployments."""

import pytest

from whisperfarm.legacy_env import adopt, presets_to_pull


def test_old_names_become_ours() -> None:
    environ = {"MODEL_SIZE": "large-v3", "WHISPERX_CACHE_DIR": "/app/models"}
    adopt(environ)
    assert environ["WHISPERFARM_PRESETS"] == "large-v3"
    assert environ["WHISPERFARM_MODELS_DIR"] == "/app/models"


def test_our_own_names_win() -> None:
    environ = {"MODEL_SIZE": "large-v3", "WHISPERFARM_PRESETS": "fast"}
    adopt(environ)
    assert environ["WHISPERFARM_PRESETS"] == "fast"


def test_models_from_s3_are_pulled_at_start() -> None:
    environ = {"USE_S3_MODELS": "true", "MODEL_BUCKET": "ours"}
    adopt(environ)
    assert environ["WHISPERFARM_MODELS_FROM"] == "s3://ours/models"
    assert environ["WHISPERFARM_MODELS_PULL_AT_START"] == "true"


def test_the_bucket_has_the_default_that_it_had() -> None:
    environ = {"USE_S3_MODELS": "True"}
    adopt(environ)
    assert environ["WHISPERFARM_MODELS_FROM"] == "s3://whisper-models/models"


def test_preloaded_models_are_not_pulled_at_start() -> None:
    environ = {"USE_S3_MODELS": "true", "WHISPERX_MODELS_PRELOADED": "true"}
    adopt(environ)
    assert "WHISPERFARM_MODELS_PULL_AT_START" not in environ


def test_nothing_is_set_where_nothing_was() -> None:
    environ: dict[str, str] = {"USE_S3_MODELS": "false"}
    adopt(environ)
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
def test_a_build_names_what_to_pull(environ: dict[str, str], presets: str | None) -> None:
    assert presets_to_pull(environ) == presets
