"""The chart uses setting names and file paths that the farm knows."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from helm import refresh
from tests.support.chart import environment, merged, rendered
from tests.support.chart_values import CASES, EVERYTHING, SERVERS
from whisperfarm.commands.watch_siprec import VARIABLES as OF_SIPREC
from whisperfarm_client.settings import VARIABLES as CLIENTS
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_worker.settings import WorkerSettings

OTHERS = {
    "HF_TOKEN", "PRESET", "POD_NAME",
    "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_HEADERS",
    "SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
}  # fmt: skip

FILES = {
    "WHISPERFARM_PRESETS_FILE": "presetsFile",
    "WHISPERFARM_ROLES_FILE": "rolesFile",
    "WHISPERFARM_REDACTION_FILE": "redactionFile",
    "WHISPERFARM_CERTIFICATES_FILE": "certificatesFile",
    "WHISPERFARM_TOKEN_JWKS_FILE": "tokenKeys",
    "WHISPERFARM_PROFILE": "profile",
}
"""Settings that name a file, and the values with its content."""


@pytest.mark.parametrize("case", CASES)
def test_every_variable_is_a_setting(case: str) -> None:
    known = set(refresh.names())
    for name, container in rendered(CASES[case]).containers():
        own = {"job": set(CLIENTS), "watch": {*CLIENTS, *OF_SIPREC, *known}}
        allowed = own.get(name.rpartition(", ")[2], known) | OTHERS
        assert set(environment(container)) <= allowed, name


def test_variables_are_set_once() -> None:
    for name, container in rendered(EVERYTHING).containers():
        names = [one["name"] for one in container["env"]]
        assert len(names) == len(set(names)), name


def test_schema_matches_the_settings() -> None:
    written = refresh.SCHEMA.read_text(encoding="utf-8")
    assert written == refresh.written(refresh.refreshed(json.loads(written))), "make chart"


def test_chart_has_the_alerts_of_the_repository() -> None:
    assert refresh.COPY.read_bytes() == refresh.ALERTS.read_bytes(), "make chart"


def test_variables_of_the_chart_are_settings() -> None:
    assert set(refresh.names()) >= refresh.BY_THE_CHART


def test_large_number_is_not_in_scientific_notation() -> None:
    """Go prints 4294967296 as 4.294967296e+09, which is not a valid setting."""
    assert _environment("-dispatcher")["WHISPERFARM_MAX_UPLOAD_BYTES"] == "4294967296"


def test_files_that_settings_name_are_mounted() -> None:
    named = set()
    of_both = [*rendered(EVERYTHING).containers(), *rendered(CASES["shared-folder"]).containers()]
    for name, container in of_both:
        mounted = {one["mountPath"] for one in container.get("volumeMounts", [])}
        for variable, value in environment(container).items():
            if variable in FILES:
                assert str(Path(str(value)).parent) in mounted, (name, variable)
                named.add(variable)
    assert named == FILES.keys()


def test_component_settings_override_common_settings() -> None:
    assert _environment("-dispatcher")["WHISPERFARM_LEASE_S"] == "60"
    assert _environment("-worker-large")["WHISPERFARM_LEASE_S"] == "45"
    off = merged(
        SERVERS,
        {
            "settings": {"WHISPERFARM_RESULT_CACHE": True, "WHISPERFARM_CHECKPOINT_S": 30},
            "workers": {
                "defaults": {"settings": {"WHISPERFARM_RESULT_CACHE": False}},
                "pools": [{"name": "one", "settings": {"WHISPERFARM_CHECKPOINT_S": 0}}],
            },
        },
    )
    worker = environment(
        dict(rendered(off).containers())["Deployment farm-whisperfarm-worker-one, worker"]
    )
    assert worker["WHISPERFARM_RESULT_CACHE"] == "false"
    assert worker["WHISPERFARM_CHECKPOINT_S"] == "0"


@pytest.mark.parametrize("case", CASES)
def test_components_accept_their_environment(
    case: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = {variable: tmp_path / value for variable, value in FILES.items()}
    for variable, file in own.items():
        file.write_text(CASES[case].get(FILES[variable], ""), encoding="utf-8")
    parts = 0
    for name, container in rendered(CASES[case]).containers():
        kind = {"dispatcher": DispatcherSettings, "worker": WorkerSettings}.get(
            container["args"][0]
        )
        if kind is None:
            continue
        with monkeypatch.context() as patched:
            for variable, value in environment(container).items():
                patched.setenv(variable, _filled(variable, value))
            for variable, file in own.items():
                if CASES[case].get(FILES[variable]):
                    patched.setenv(variable, str(file))
            settings = kind()
        assert str(settings.data_dir) == "/data", name
        assert settings.served_presets(), name
        parts += 1
    assert parts >= 2


def _environment(deployment: str) -> Mapping[str, str]:
    spec = rendered(EVERYTHING).one("Deployment", deployment)["spec"]["template"]["spec"]
    return environment(spec["containers"][0])


def _filled(variable: str, value: str | tuple[str, str]) -> str:
    """Return a part's environment, with values filled in for Secrets."""
    secrets = {
        "WHISPERFARM_DATABASE_URL": "postgresql://farm:x@db/farm",
        "WHISPERFARM_BROKER_URL": "amqp://farm:x@mq/farm",
        "WHISPERFARM_OPERATOR_KEYS": "north:another-key",
        "WHISPERFARM_TOKEN_SECRET": "a secret of the issuer and the farm",
        "WHISPERFARM_CALLBACK_SECRETS": "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    }
    return value if isinstance(value, str) else secrets.get(variable, "x")
