"""Updates the chart's copies of the alert rules and of the settings' names.

The chart needs copies because Helm reads no files outside it. Run it with `make chart`; a test
fails if the copies are outdated.
"""

import json
import re
from pathlib import Path
from typing import Any

from whisperfarm.commands.settings import SETTINGS_CLASSES
from whisperfarm.settings_table import markdown

CHART = Path(__file__).parent / "whisperfarm"
SCHEMA = CHART / "values.schema.json"
ALERTS = Path(__file__).parents[1] / "docker" / "observability" / "alerts.yaml"
COPY = CHART / "files" / "alerts.yaml"

BY_THE_CHART = frozenset(
    f"WHISPERFARM_{name}"
    for name in (
        "DATA_DIR", "DATABASE_URL", "BROKER_URL", "REDIS_URL", "BLOB_URL", "S3_ENDPOINT_URL",
        "S3_PUBLIC_ENDPOINT_URL", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY",
        "PRESETS", "PRESETS_FILE", "PROFILE", "HOST", "PORT", "API_KEYS", "OPERATOR_KEYS",
        "ROLES_FILE", "REDACTION_FILE", "CALLBACK_SECRETS", "CUSTODY_KEY_FILE", "TOKEN_SECRET",
        "TOKEN_JWKS_FILE", "CERTIFICATES_FILE",
        "TLS_CERT_FILE", "TLS_KEY_FILE", "TLS_CLIENT_CA_FILE", "TLS_CLIENT_REQUIRED",
        "HUB_KEY_FILE", "OIDC_CLIENT_SECRET_FILE", "BLOB_KEYS_FILE", "BLOB_KEYS_COMMAND",
        "BLOB_ENCRYPTION_REQUIRED", "S3_ENCRYPTION", "S3_KMS_KEY_ID",
        "METRICS_HOST", "METRICS_PORT", "TRACES_URL", "MODELS_DIR", "MODELS_FROM",
        "MODELS_LANGUAGES", "MODELS_PULL_AT_START", "DRAIN_S", "POD_DELETION_COST", "WORKER_NAME",
        "FLOWER_HOST", "FLOWER_PORT", "FLOWER_USER", "FLOWER_PASSWORD",
    )
)  # fmt: skip
"""Settings that the chart sets from other values, credentials, and TLS of the dispatcher, which an
ingress has instead: not allowed in `settings`."""


def names() -> list[str]:
    """Return the names of all settings."""
    return re.findall(r"^\| `(WHISPERFARM_\w+)`", markdown(SETTINGS_CLASSES), re.MULTILINE)


def refreshed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with the current settings."""
    value = {"$ref": "#/definitions/setting"}
    free = sorted(set(names()) - BY_THE_CHART)
    settings = {
        "type": "object",
        "additionalProperties": False,
        "properties": dict.fromkeys(free, value),
    }
    return {**schema, "definitions": {**schema["definitions"], "settings": settings}}


def written(schema: dict[str, Any]) -> str:
    """Return the schema as the text of its file."""
    return json.dumps(schema, indent=2) + "\n"


def main() -> None:
    SCHEMA.write_text(written(refreshed(json.loads(SCHEMA.read_text()))), encoding="utf-8")
    COPY.write_bytes(ALERTS.read_bytes())


if __name__ == "__main__":
    main()
