"""Translates environment variables of earlier deployments.

| name | effect |
| --- | --- |
| `MODEL_SIZE` | the served preset, if `WHISPERFARM_PRESETS` is not set |
| `WHISPERX_CACHE_DIR` | `WHISPERFARM_MODELS_DIR` |
| `USE_S3_MODELS=true`, `MODEL_BUCKET` | pulled at the start from `s3://<bucket>/models` |
| `DOWNLOAD_MODELS` | the presets whose models `whisperfarm models pull` downloads |
| `ENVIRONMENT` | the same if it is not set: `production` all named ones, `development` two |
| `WHISPERX_MODELS_PRELOADED=true` | nothing is pulled at the start |

Other modules read `HF_TOKEN`, `HF_HOME`, `TORCH_HOME`, `S3_ENDPOINT`, the variables of AWS,
`API_KEYS` and `WHISPERX_BATCH_SIZE`. A worker always sets `HF_HUB_OFFLINE` and
`TRANSFORMERS_OFFLINE`; a pull from a hub fails if `HF_HUB_OFFLINE` is set.
"""

import os
from collections.abc import MutableMapping

_DEFAULT_BUCKET = "whisper-models"
_PRESETS_BY_ENVIRONMENT = {
    "production": "fast,balanced,high,premium",
    "development": "small,medium",
}


def apply(environ: MutableMapping[str, str] = os.environ) -> None:
    """Set the current variables from the old ones; those already set take precedence."""
    _set_default(environ, "WHISPERFARM_PRESETS", environ.get("MODEL_SIZE"))
    _set_default(environ, "WHISPERFARM_MODELS_DIR", environ.get("WHISPERX_CACHE_DIR"))
    if _is_true(environ, "USE_S3_MODELS"):
        bucket = environ.get("MODEL_BUCKET") or _DEFAULT_BUCKET
        _set_default(environ, "WHISPERFARM_MODELS_FROM", f"s3://{bucket}/models")
        if not _is_true(environ, "WHISPERX_MODELS_PRELOADED"):
            _set_default(environ, "WHISPERFARM_MODELS_PULL_AT_START", "true")


def presets_to_pull(environ: MutableMapping[str, str] = os.environ) -> str | None:
    """Return the comma-separated presets that an image build names, or `None`."""
    named = environ.get("DOWNLOAD_MODELS", "").replace(" ", "")
    return named or _PRESETS_BY_ENVIRONMENT.get(environ.get("ENVIRONMENT", ""))


def _set_default(environ: MutableMapping[str, str], name: str, value: str | None) -> None:
    if value and not environ.get(name):
        environ[name] = value


def _is_true(environ: MutableMapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() in {"1", "true", "yes", "on"}
