"""Whether a manifest is one that its API takes, without a cluster: unknown fields are refused."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

from tests.support.chart import Manifest

KUBERNETES = ("1.25", "1.30", "1.37")
"""The oldest that the chart allows, and newer ones."""

_SINCE = {"ValidatingAdmissionPolicy": "1.30", "ValidatingAdmissionPolicyBinding": "1.30"}
"""What the chart makes only when it is asked to, and the oldest knows nothing of."""

_CRDS = Path(__file__).parent / "crds"
_CUSTOM = frozenset({"keda.sh", "monitoring.coreos.com", "serving.kserve.io"})


def check(manifest: Manifest) -> None:
    """Raises `jsonschema.ValidationError`."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    if group in _CUSTOM:
        _custom(manifest["kind"], version).validate(manifest)
        return
    since = _SINCE.get(manifest["kind"], KUBERNETES[0])
    for release in KUBERNETES[KUBERNETES.index(since) :]:
        kubernetes_validate.validate(manifest, release, strict=True)


@cache
def _custom(kind: str, version: str) -> Any:
    text = (_CRDS / f"{kind.lower()}-{version}.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)
