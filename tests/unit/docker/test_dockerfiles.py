"""The Dockerfiles, parsed."""

import io
import re
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser
from packaging.requirements import Requirement
from packaging.version import Version

from tests.support.docker_files import DOCKER, DOCKERFILES
from tests.support.project import PACKAGES, PROJECT, ROOT, VERSION
from whisperfarm_worker.process.environment import NO_TELEMETRY

each = pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.suffix)


def instructions(path: Path) -> list[tuple[str, str]]:
    """Return instructions and values, in order."""
    parser = DockerfileParser(fileobj=io.BytesIO(path.read_bytes()))
    return [
        (one["instruction"], one["value"])
        for one in parser.structure
        if one["instruction"] != "COMMENT"
    ]


def last_stage(path: Path) -> list[tuple[str, str]]:
    found = instructions(path)
    start = max(index for index, (name, _) in enumerate(found) if name == "FROM")
    return found[start:]


def defaults(path: Path) -> dict[str, set[str]]:
    """Return the default of each build argument; several defaults are a contradiction."""
    found: dict[str, set[str]] = {}
    for name, value in instructions(path):
        if name == "ARG":
            key, _, default = value.partition("=")
            found.setdefault(key, set()).add(default)
    return found


@each
def test_image_does_not_run_as_root(path: Path) -> None:
    assert [value for name, value in last_stage(path) if name == "USER"] == ["10001:10001"]


@each
def test_image_has_an_entrypoint_and_a_health_check(path: Path) -> None:
    said = dict(last_stage(path))
    assert said["ENTRYPOINT"] == '["whisperfarm"]'
    assert "whisperfarm-healthcheck" in said["HEALTHCHECK"]
    assert said["STOPSIGNAL"] == "SIGTERM"


@each
def test_image_disables_telemetry(path: Path) -> None:
    (environment,) = (value for name, value in last_stage(path) if name == "ENV")
    assert set(environment.split()) >= {f"{name}={value}" for name, value in NO_TELEMETRY.items()}


@each
def test_base_images_are_arguments_with_a_tag(path: Path) -> None:
    stages = re.findall(r"^FROM (\S+)(?: AS (\S+))?$", path.read_text(), re.M)
    names = {name for _, name in stages}
    assert {base for base, _ in stages} <= {"${BASE_IMAGE}", "scratch"} | names
    (base,) = defaults(path)["BASE_IMAGE"]
    tag = base.rpartition(":")[2]
    assert "/" not in tag
    assert tag != "latest"


@each
def test_build_arguments_have_one_default(path: Path) -> None:
    assert {name: values for name, values in defaults(path).items() if len(values) > 1} == {}


@each
def test_labelled_versions_satisfy_the_requirements(path: Path) -> None:
    said = defaults(path)
    assert said["VERSION"] == {VERSION}
    if path.suffix in {".cpu", ".gpu"}:
        wanted = {r.name: r for r in map(Requirement, _worker_requirements())}
        for name in ("torch", "whisperx"):
            (version,) = said[f"{name.upper()}_VERSION"]
            assert Version(version) in wanted[name].specifier


def _worker_requirements() -> list[str]:
    return [one for one in PROJECT["optional-dependencies"]["worker"] if "[store]" not in one]


@each
def test_build_arguments_are_not_secret(path: Path) -> None:
    assert not [name for name in defaults(path) if re.search("TOKEN|PASSWORD|SECRET|KEY", name)]


@each
def test_last_stage_has_no_index_address(path: Path) -> None:
    text = "\n".join(value for _, value in last_stage(path))
    assert "INDEX_URL" not in text
    assert "HUB_URL" not in text


@each
def test_models_and_dependencies_come_before_code(path: Path) -> None:
    stages = [value for name, value in last_stage(path) if name == "COPY"]
    copied = [re.search(r"--from=(\w+)", value).group(1) for value in stages if "--from" in value]  # type: ignore[union-attr]
    expected = ["dependencies", "code"]
    if path.suffix != ".dispatcher":
        expected.insert(1, "models")
    assert copied == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_build_context_has_the_code(package: str) -> None:
    assert f"!{package}" in (ROOT / ".dockerignore").read_text().splitlines()


def test_build_context_has_only_listed_files() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    for line in lines:
        if line.startswith("!"):
            assert (ROOT / line[1:]).exists(), line


def test_constraints_satisfy_the_requirements() -> None:
    lines = (DOCKER / "constraints.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    extras = PROJECT["optional-dependencies"]
    for extra in ("store", "dispatcher", "worker", "edge", "command"):
        for one in map(Requirement, extras[extra]):
            if one.name != PROJECT["name"]:
                assert Version(pins[one.name.lower().replace(".", "-")]) in one.specifier, one
