"""Converts CustomResourceDefinitions to strict JSON Schema, one small file each.

    python tests/helm/crds/convert.py FOLDER_OF_CRDS

Strict: unknown fields are rejected, as with `kubectl apply --validate=strict`. Small: without
descriptions, and of an InferenceService only the fields that the chart uses.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
LEFT_OUT = {"InferenceService": ("canary", "explainer", "transformer")}
FRAMEWORKS = (
    "huggingface", "lightgbm", "model", "onnx", "paddle", "pmml", "pytorch", "sklearn",
    "tensorflow", "triton", "xgboost", "workerSpec",
)  # fmt: skip
_KEPT = (
    "type", "enum", "pattern", "format", "minimum", "maximum", "minLength", "maxLength", "minItems",
    "maxItems", "minProperties", "maxProperties", "required", "uniqueItems",
    "exclusiveMinimum", "exclusiveMaximum",
)  # fmt: skip


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a CRD's schema as JSON Schema that rejects unknown fields."""
    made: dict[str, Any] = {key: schema[key] for key in _KEPT if key in schema}
    if "pattern" in made:  # Go accepts flags anywhere in a pattern, Python only at its start
        made["pattern"] = made["pattern"].replace("^(?i)", "(?i)^")
    if schema.get("x-kubernetes-int-or-string"):
        made["type"] = ["integer", "string"]
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema and not schema.get("x-kubernetes-int-or-string"):
            made[key] = [_loose(one) for one in schema[key]]
    if "properties" in schema:
        made["properties"] = {name: strict(one) for name, one in schema["properties"].items()}
    if "items" in schema:
        made["items"] = strict(schema["items"])
    free = schema.get("x-kubernetes-preserve-unknown-fields", False)
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        made["additionalProperties"] = strict(more)
    elif "properties" in schema and not free:
        made["additionalProperties"] = False
    if schema.get("nullable") and "type" in made:
        made["type"] = [*_listed(made["type"]), "null"]
    return made


def _loose(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without strictness, for conditions on an object described elsewhere."""
    made = {key: schema[key] for key in _KEPT if key in schema}
    if "properties" in schema:
        made["properties"] = {name: _loose(one) for name, one in schema["properties"].items()}
    return made


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)


def converted(crd: dict[str, Any], version: dict[str, Any]) -> dict[str, Any]:
    """Return one version of a CRD."""
    kind = crd["spec"]["names"]["kind"]
    made = strict(version["schema"]["openAPIV3Schema"])
    made["properties"]["metadata"] = {"type": "object"}
    spec = made["properties"]["spec"]["properties"]
    for name in LEFT_OUT.get(kind, ()):
        spec.pop(name)
    if kind == "InferenceService":
        made["properties"].pop("status")
        for name in FRAMEWORKS:
            spec["predictor"]["properties"].pop(name, None)
    group = f"{crd['spec']['group']}/{version['name']}"
    made["properties"]["apiVersion"] = {"const": group}
    made["properties"]["kind"] = {"const": kind}
    made["required"] = sorted({*made.get("required", ()), "apiVersion", "kind", "metadata", "spec"})
    return made


def main(folder: Path) -> None:
    """Convert every CRD in the folder."""
    for path in sorted(folder.glob("*.yaml")):
        crd = yaml.safe_load(path.read_text(encoding="utf-8"))
        for version in crd["spec"]["versions"]:
            name = f"{crd['spec']['names']['kind'].lower()}-{version['name']}.json"
            made = json.dumps(converted(crd, version), separators=(",", ":"), sort_keys=True)
            (HERE / name).write_text(made + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
