"""Renders the chart with Helm's own engine, and returns the manifests as data."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import helm_python
import yaml

CHART = Path(__file__).parents[2] / "helm" / "whisperfarm"
RELEASE = "farm"
NAMESPACE = "speech"

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Values = Mapping[str, Any]
Manifest = dict[str, Any]


@dataclass(frozen=True)
class Release:
    """The manifests of one installation."""

    manifests: tuple[Manifest, ...]

    def of(self, kind: str) -> list[Manifest]:
        """Return all manifests of a kind."""
        return [one for one in self.manifests if one["kind"] == kind]

    def one(self, kind: str, name: str = "") -> Manifest:
        """Return the only manifest of a kind whose name has this ending."""
        [found] = [one for one in self.of(kind) if one["metadata"]["name"].endswith(name)]
        return found

    def pods(self) -> Iterator[tuple[str, Manifest, Manifest]]:
        """Return name, labels and spec of every pod."""
        for manifest in self.manifests:
            name = f"{manifest['kind']} {manifest['metadata']['name']}"
            if manifest["kind"] in {"Deployment", "Job"}:
                template = manifest["spec"]["template"]
                yield name, template["metadata"]["labels"], template["spec"]
            elif manifest["kind"] == "CronJob":
                template = manifest["spec"]["jobTemplate"]["spec"]["template"]
                yield name, template["metadata"]["labels"], template["spec"]
            elif manifest["kind"] == "Pod":
                yield name, manifest["metadata"]["labels"], manifest["spec"]
            elif manifest["kind"] == "InferenceService":
                yield name, manifest["metadata"]["labels"], manifest["spec"]["predictor"]

    def containers(self) -> Iterator[tuple[str, Manifest]]:
        """Return all containers, including init containers."""
        for name, _, spec in self.pods():
            for container in [*spec.get("initContainers", []), *spec["containers"]]:
                yield f"{name}, {container['name']}", container


def rendered(values: Values, *, release: str = RELEASE) -> Release:
    """Render the chart, after validating the values as Helm does."""
    return Release(tuple(json.loads(_documents(json.dumps(values), release))))


@cache
def _documents(values: str, release: str) -> str:
    """Parse the manifests via JSON, which is fast and can be cached for many tests."""
    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema(json.loads(values))
        texts = chart.render(json.loads(values), name=release, namespace=NAMESPACE)
    documents = (
        document
        for path, text in sorted(texts.items())
        if path.endswith(".yaml")
        for document in yaml.load_all(text, _LOADER)
    )
    return json.dumps([document for document in documents if document])


def notes(values: Values) -> str:
    """Return Helm's notes after the installation."""
    with helm_python.Chart.load(CHART) as chart:
        texts = chart.render(dict(values), name=RELEASE, namespace=NAMESPACE)
    return next(text for path, text in texts.items() if path.endswith("NOTES.txt"))


def merged(values: Values, more: Values) -> dict[str, Any]:
    """Merge values as Helm merges several values files: the second wins."""
    made = dict(values)
    for key, value in more.items():
        before = made.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        made[key] = merged(before, value) if both else value
    return made


def environment(container: Manifest) -> dict[str, Any]:
    """Return the environment; from a Secret `(secret, key)`, from the pod its field's path."""
    return {one["name"]: _given(one) for one in container.get("env", [])}


def _given(variable: Manifest) -> Any:
    if "value" in variable:
        return variable["value"]
    source = variable["valueFrom"]
    if "fieldRef" in source:
        return source["fieldRef"]["fieldPath"]
    return source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]
