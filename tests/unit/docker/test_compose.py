"""The compose files are valid, and keep to our rules for services."""

import re
import subprocess
import sys
from typing import Any

import pytest
import yaml

from tests.support.docker_files import DOCKER
from tests.support.project import VERSION
from whisperfarm_worker.settings import WorkerSettings

TEXT = (DOCKER / "compose.yaml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OFFLINE: dict[str, dict[str, Any]] = yaml.safe_load((DOCKER / "compose.airgap.yaml").read_text())[
    "services"
]
EXAMPLE = (DOCKER / ".env.example").read_text()
WORKERS = [name for name in SERVICES if name.startswith("worker")]


def test_compose_files_validate_against_the_specification() -> None:
    files = sorted(DOCKER.glob("compose*.yaml"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    command += map(str, files)
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def _named(mark: str) -> set[str]:
    return set(re.findall(r"\$\{(\w+):" + mark, TEXT))


def test_env_example_lists_required_variables_empty() -> None:
    assert _named(r"\?") >= {"POSTGRES_PASSWORD", "WHISPERFARM_API_KEYS", "S3_SECRET_KEY"}
    for name in _named(r"\?"):
        assert re.search(rf"^{name}=$", EXAMPLE, re.M), name


def test_env_example_lists_optional_variables() -> None:
    for name, default in re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT):
        assert re.search(rf"^# {name}={re.escape(default)}$", EXAMPLE, re.M), name


def test_env_example_has_no_unused_variable() -> None:
    named = set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", EXAMPLE, re.M))
    assert named == _named(r"\?") | _named("-") | {"COMPOSE_PROFILES"}


def test_passwords_have_no_default() -> None:
    assert not [name for name in _named("-") if re.search("PASSWORD|SECRET_KEY|API_KEYS", name)]
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASS|SECRET|KEY", variable):
                assert str(value).startswith("${"), f"{name}: {variable}"


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_only(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert port.startswith(("127.0.0.1:", "${FARM_ADDRESS:-127.0.0.1}:"))


@pytest.mark.parametrize("name", SERVICES)
def test_images_have_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    if image.startswith("whisperfarm-"):
        assert f":${{FARM_VERSION:-{VERSION}}}" in image
    else:
        assert re.search(r":v?\d+\.\d+[^/]*$", image)
    assert "latest" not in image


@pytest.mark.parametrize("name", SERVICES)
def test_services_restart_and_have_healthchecks(name: str) -> None:
    service = SERVICES[name]
    if name == "bucket":
        assert service["restart"] == "on-failure:5"
        return
    assert service["restart"] == "unless-stopped"
    own = service["image"].startswith("whisperfarm-")  # its image has a health check
    assert own or service["healthcheck"]["test"]


@pytest.mark.parametrize("name", SERVICES)
def test_one_shot_services_have_no_dependents(name: str) -> None:
    """Podman does not start a service that depends on one that has ended and has dependencies."""
    for other, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_completed_successfully":
            assert "depends_on" not in SERVICES[other]


@pytest.mark.parametrize("name", WORKERS)
def test_worker_stop_grace_period_covers_the_drain(name: str) -> None:
    worker = SERVICES[name]
    drain_s = float(worker["environment"]["WHISPERFARM_DRAIN_S"])
    assert drain_s >= WorkerSettings.model_fields["drain_s"].default
    assert float(worker["stop_grace_period"].removesuffix("s")) > drain_s + 10


@pytest.mark.parametrize("name", [*WORKERS, "watch", "postgres", "rabbitmq", "redis", "s3"])
def test_internal_services_have_no_internet(name: str) -> None:
    assert list(SERVICES[name]["networks"]) == ["inside"]
    assert yaml.safe_load(TEXT)["networks"]["inside"] == {"internal": True}
    assert "ports" not in SERVICES[name]


@pytest.mark.parametrize("name", ["dispatcher", "flower", "watch", "bucket", *WORKERS])
def test_containers_are_read_only_without_capabilities(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_offline_compose_pulls_nothing() -> None:
    assert set(OFFLINE) == set(SERVICES)
    assert {service["pull_policy"] for service in OFFLINE.values()} == {"never"}
