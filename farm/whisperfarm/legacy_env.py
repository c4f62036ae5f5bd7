"""Environment names of earlier deployments, translated into ours.

| name | means |
| --- | --- |
| `MODEL_SIZE` | the preset that is served, where `WHISPERFARM_PRESETS` is not set |
| `WHISPERX_CACHE_DIR` | `WHISPERFARM_MODELS_DIR` |
| `USE_S3_MODELS=true`, `MODEL_BUCKET` | pulled at start from `s3://<bucket>/models` |
| `DOWNLOAD_MODELS` | the presets that `whisperfarm models pull` fetches |
| `ENVIRONMENT` | without it: `production` all named presets, `development` small and medium |
| `WHISPERX_MODELS_PRELOADED=true` | nothing is pulled at start, whatever else is set |

Others are read where they are needed: `HF_TOKEN`, `HF_HOME`, `TORCH_HOME`, `S3_ENDPOINT`, AWS's own
names, `API_KEYS`, `WHISPERX_BATCH_SIZE`. `HF_HUB_OFFLINE` and `TRANSFORMERS_OFFLINE` are always on
in a worker; a pull from a hub refuses to run under the former.
"""

import os
from collections.abc import MutableMapping

_BUCKET = "whisper-models"
_BY_ENVIRONMENT = {"production": "fast,balanced,high,premium", "development": "small,medium"}


def adopt(environ: MutableMapping[str, str] = os.environ) -> None:
    """Set our names where only the old ones are set; ours win."""
    _default(environ, "WHISPERFARM_PRESETS", environ.get("MODEL_SIZE"))
    _default(environ, "WHISPERFARM_MODELS_DIR", environ.get("WHISPERX_CACHE_DIR"))
    if _is_true(environ, "USE_S3_MODELS"):
        bucket = environ.get("MODEL_BUCKET") or _BUCKET
        _default(environ, "WHISPERFARM_MODELS_FROM", f"s3://{bucket}/models")
        if not _is_true(environ, "WHISPERX_MODELS_PRELOADED"):
            _default(environ, "WHISPERFARM_MODELS_PULL_AT_START", "true")


def presets_to_pull(environ: MutableMapping[str, str] = os.environ) -> str | None:
    """The presets that an image build names, comma separated; `None` when it names none."""
    named = environ.get("DOWNLOAD_MODELS", "").replace(" ", "")
    return named or _BY_ENVIRONMENT.get(environ.get("ENVIRONMENT", ""))


def _default(environ: MutableMapping[str, str], name: str, value: str | None) -> None:
    if value and not environ.get(name):
        environ[name] = value


def _is_true(environ: MutableMapping[str, str], name: str) -> bool:
    return environ.get(name, "").lower() in {"1", "true", "yes", "on"}
