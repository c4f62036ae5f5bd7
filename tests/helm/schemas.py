"""Validates manifests against the schemas of their APIs, without a cluster."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate

from tests.support.chart import Manifest

KUBERNETES = ("1.25", "1.30", "1.37")
"""The oldest version of Kubernetes that the chart supports, and newer ones."""

_SINCE = {"ValidatingAdmissionPolicy": "1.30", "ValidatingAdmissionPolicyBinding": "1.30"}
"""Kinds that only some values render and that the oldest version does not know."""

_CRDS = Path(__file__).parent / "crds"
_CUSTOM = frozenset({"keda.sh", "monitoring.coreos.com", "serving.kserve.io"})


def check(manifest: Manifest) -> None:
    """Validate a manifest. Raises `jsonschema.ValidationError`, also for unknown fields."""
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
