"""The chart, rendered by Helm's own engine, and its manifests as data."""

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
    """What one installation is made of."""

    manifests: tuple[Manifest, ...]

    def of(self, kind: str) -> list[Manifest]:
        """All of one kind."""
        return [one for one in self.manifests if one["kind"] == kind]

    def one(self, kind: str, name: str = "") -> Manifest:
        """The only one of a kind whose name ends so."""
        [found] = [one for one in self.of(kind) if one["metadata"]["name"].endswith(name)]
        return found

    def pods(self) -> Iterator[tuple[str, Manifest, Manifest]]:
        """Name, labels and spec of every pod that comes to be."""
        for manifest in self.manifests:
            name = f"{manifest['kind']} {manifest['metadata']['name']}"
            if manifest["kind"] in {"Deployment", "Job"}:
                template = manifest["spec"]["template"]
                yield name, template["metadata"]["labels"], template["spec"]
            elif manifest["kind"] == "Pod":
                yield name, manifest["metadata"]["labels"], manifest["spec"]
            elif manifest["kind"] == "InferenceService":
                yield name, manifest["metadata"]["labels"], manifest["spec"]["predictor"]

    def containers(self) -> Iterator[tuple[str, Manifest]]:
        """Every container, those that come before others among them."""
        for name, _, spec in self.pods():
            for container in [*spec.get("initContainers", []), *spec["containers"]]:
                yield f"{name}, {container['name']}", container


def rendered(values: Values, *, release: str = RELEASE) -> Release:
    """What Helm would install: the values are checked first, as Helm does."""
    return Release(tuple(json.loads(_documents(json.dumps(values), release))))


@cache
def _documents(values: str, release: str) -> str:
    """As JSON, which is quick to read: many tests look at the same ones."""
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
    """What Helm says at the end."""
    with helm_python.Chart.load(CHART) as chart:
        texts = chart.render(dict(values), name=RELEASE, namespace=NAMESPACE)
    return next(text for path, text in texts.items() if path.endswith("NOTES.txt"))


def merged(values: Values, more: Values) -> dict[str, Any]:
    """The first values with the second over them, as several files of values are taken."""
    made = dict(values)
    for key, value in more.items():
        before = made.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        made[key] = merged(before, value) if both else value
    return made


def environment(container: Manifest) -> dict[str, Any]:
    """Values by name; of what comes from a Secret, `(secret, key)`; of the pod's own, its field."""
    return {one["name"]: _given(one) for one in container.get("env", [])}


def _given(variable: Manifest) -> Any:
    if "value" in variable:
        return variable["value"]
    source = variable["valueFrom"]
    if "fieldRef" in source:
        return source["fieldRef"]["fieldPath"]
    return source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]
