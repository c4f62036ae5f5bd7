"""The rendered parts: how they find each other, start, stop and are replaced."""

import math
from typing import Any

import pytest

from tests.support.chart import Manifest, environment, merged, rendered
from tests.support.chart_values import CASES, EVERYTHING, FILES, SERVERS
from whisperfarm_dispatcher.server import EXIT_WITHIN_S, SHUTDOWN_GRACE_S
from whisperfarm_worker.process.drain import _CHECKPOINT_TIMEOUT_S


def _workers(values: dict[str, Any]) -> list[Manifest]:
    return [
        one for one in rendered(values).of("Deployment") if "-worker-" in one["metadata"]["name"]
    ]


@pytest.mark.parametrize("case", CASES)
def test_selectors_match_their_pods(case: str) -> None:
    release = rendered(CASES[case])
    pods = [labels for _, labels, _ in release.pods()]
    for manifest in release.of("Deployment"):
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        wanted = manifest["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= labels.items()
        matched = [pod for pod in pods if wanted.items() <= pod.items()]
        assert len(matched) == 1, f"{manifest['metadata']['name']} shares its selector"
    selectors = {
        "Service": lambda one: one["spec"]["selector"],
        "PodDisruptionBudget": lambda one: one["spec"]["selector"]["matchLabels"],
    }
    for kind, selector in selectors.items():
        assert release.of(kind)
        for manifest in release.of(kind):
            matched = [pod for pod in pods if selector(manifest).items() <= pod.items()]
            assert matched, manifest["metadata"]["name"]


@pytest.mark.parametrize("case", CASES)
def test_named_ports_are_ports_of_the_containers(case: str) -> None:
    release = rendered(CASES[case])
    for service in release.of("Service"):
        for _, labels, spec in release.pods():
            if service["spec"]["selector"].items() <= labels.items():
                named = {port["name"] for one in spec["containers"] for port in one["ports"]}
                assert {port["targetPort"] for port in service["spec"]["ports"]} <= named


def test_releases_in_one_namespace_do_not_overlap() -> None:
    one, two = rendered(EVERYTHING, release="one"), rendered(EVERYTHING, release="two")
    names = {(each["kind"], each["metadata"]["name"]) for each in one.manifests}
    assert not names & {(each["kind"], each["metadata"]["name"]) for each in two.manifests}
    for service in one.of("Service"):
        for _, labels, _ in two.pods():
            assert not service["spec"]["selector"].items() <= labels.items()


@pytest.mark.parametrize("case", CASES)
def test_drain_ends_before_the_pod_is_killed(case: str) -> None:
    for deployment in _workers(CASES[case]):
        spec = deployment["spec"]["template"]["spec"]
        [worker] = spec["containers"]
        drain_s = float(environment(worker)["WHISPERFARM_DRAIN_S"])
        assert spec["terminationGracePeriodSeconds"] >= drain_s + _CHECKPOINT_TIMEOUT_S + 10
        assert "preStop" not in worker.get("lifecycle", {}), "it would use up the drain's time"


def test_every_pool_has_its_own_grace_period() -> None:
    grace = {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
        for one in _workers(EVERYTHING)
    }
    assert grace == {
        "farm-scribe-worker-large": math.ceil(90.5) + 20,
        "farm-scribe-worker-small": 45,
        "farm-scribe-worker-still": 45,
    }


def test_dispatcher_waits_for_its_removal_from_the_service() -> None:
    release = rendered(merged(SERVERS, {"dispatcher": {"preStopS": 30}}))
    spec = release.one("Deployment", "-dispatcher")["spec"]["template"]["spec"]
    [dispatcher] = spec["containers"]
    assert dispatcher["lifecycle"]["preStop"]["exec"]["command"] == ["sleep", "30"]
    assert spec["terminationGracePeriodSeconds"] >= 30 + SHUTDOWN_GRACE_S + EXIT_WITHIN_S


@pytest.mark.parametrize("case", CASES)
def test_probes_use_the_paths_of_the_components(case: str) -> None:
    for name, container in rendered(CASES[case]).containers():
        part = container["args"][0]
        asked = {
            probe: (container[probe]["httpGet"]["port"], container[probe]["httpGet"]["path"])
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
            if probe in container
        }
        if part == "dispatcher":
            assert asked["livenessProbe"] == ("http", "/healthz"), name
            # With workers scaled to zero, readiness would never succeed and nothing would scale up.
            assert asked["readinessProbe"] == ("http", "/readyz?workers=false"), name
        elif part == "worker":
            assert asked["startupProbe"] == ("metrics", "/readyz"), name
            assert asked["livenessProbe"] == ("metrics", "/healthz"), name
            assert asked["readinessProbe"] == ("metrics", "/readyz"), name


def test_startup_probe_allows_the_configured_load_time() -> None:
    pool = {"name": "slow", "startupS": 1801}
    [deployment] = _workers(merged(SERVERS, {"workers": {"pools": [pool]}}))
    probe = deployment["spec"]["template"]["spec"]["containers"][0]["startupProbe"]
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 1801


@pytest.mark.parametrize("case", CASES)
def test_disruption_budgets_allow_eviction_of_a_single_pod(case: str) -> None:
    budgets = rendered(CASES[case]).of("PodDisruptionBudget")
    assert len(budgets) == 1 + len(_workers(CASES[case]))
    for budget in budgets:
        assert "minAvailable" not in budget["spec"]
        allowed = str(budget["spec"]["maxUnavailable"])
        of_one = math.ceil(int(allowed[:-1]) / 100) if allowed.endswith("%") else int(allowed)
        assert of_one >= 1, budget["metadata"]["name"]


def test_only_gpu_pools_request_gpus() -> None:
    limits = {
        one["metadata"]["name"].rpartition("-")[2]: one["spec"]["template"]["spec"]["containers"][
            0
        ]["resources"]["limits"]
        for one in _workers(EVERYTHING)
    }
    assert limits["large"] == {"memory": "64Gi", "nvidia.com/gpu": "2"}
    assert limits["small"] == {"memory": "8Gi"}


def test_pool_overrides_only_the_given_defaults() -> None:
    values = merged(
        SERVERS,
        {
            "workers": {
                "defaults": {"gpus": 1, "variant": "gpu", "nodeSelector": {"gpu": "yes"}},
                "pools": [{"name": "as-said"}, {"name": "other", "gpus": 0, "variant": "cpu"}],
            }
        },
    )
    as_said, other = (one["spec"]["template"]["spec"] for one in _workers(values))
    assert as_said["containers"][0]["image"] == "whisperfarm-worker:0.1.0-gpu"
    assert other["containers"][0]["image"] == "whisperfarm-worker:0.1.0-cpu"
    assert "nvidia.com/gpu" in as_said["containers"][0]["resources"]["limits"]
    assert "nvidia.com/gpu" not in other["containers"][0]["resources"]["limits"]
    assert as_said["nodeSelector"] == other["nodeSelector"] == {"gpu": "yes"}


def test_gpu_pool_is_upgraded_without_surge() -> None:
    rolling = {
        one["metadata"]["name"].rpartition("-")[2]: one["spec"]["strategy"]["rollingUpdate"]
        for one in _workers(EVERYTHING)
    }
    assert rolling["large"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert rolling["small"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_dispatcher_serves_the_presets_of_all_pools() -> None:
    release = rendered(EVERYTHING)
    [dispatcher] = release.one("Deployment", "-dispatcher")["spec"]["template"]["spec"][
        "containers"
    ]
    served = environment(dispatcher)["WHISPERFARM_PRESETS"].split(",")
    assert served == ["mine", "tiny.en", "fast", "demo"]


def test_migration_hook_uses_only_existing_objects() -> None:
    release = rendered(EVERYTHING)
    job = release.one("Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    spec = job["spec"]["template"]["spec"]
    [migrate] = spec["containers"]
    assert migrate["args"] == ["migrate", "--wait", "60"]
    made_later = {one["metadata"]["name"] for one in release.manifests} - {job["metadata"]["name"]}
    assert "serviceAccountName" not in spec
    named = {volume["configMap"]["name"] for volume in spec["volumes"] if "configMap" in volume}
    assert not named & made_later


def test_embedded_farm_runs_on_one_node() -> None:
    release = rendered(FILES["values-edge"])
    assert not release.of("Job")
    claim = release.one("PersistentVolumeClaim", "-data")
    assert claim["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
    dispatcher = release.one("Deployment", "-dispatcher")
    assert dispatcher["spec"]["replicas"] == 1
    assert dispatcher["spec"]["strategy"] == {"type": "Recreate"}
    [worker] = _workers(FILES["values-edge"])
    spec = worker["spec"]["template"]["spec"]
    [rule] = spec["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    labels = dispatcher["spec"]["template"]["metadata"]["labels"]
    assert rule["topologyKey"] == "kubernetes.io/hostname"
    assert rule["labelSelector"]["matchLabels"].items() <= labels.items()
    for part in (dispatcher["spec"]["template"]["spec"], spec):
        [data] = [volume for volume in part["volumes"] if volume["name"] == "data"]
        assert data["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
        assert not {"WHISPERFARM_DATABASE_URL", "WHISPERFARM_BROKER_URL"} & set(
            environment(part["containers"][0])
        )


@pytest.mark.parametrize("case", sorted(set(CASES) - {"values-edge"}))
def test_replicas_are_spread_over_nodes_where_possible(case: str) -> None:
    for deployment in rendered(CASES[case]).of("Deployment"):
        if deployment["metadata"]["name"].endswith(("-flower", "-watch")):
            continue
        template = deployment["spec"]["template"]
        spread = template["spec"]["topologySpreadConstraints"]
        assert spread[0]["topologyKey"] == "kubernetes.io/hostname"
        for one in spread:
            assert one["whenUnsatisfiable"] == "ScheduleAnyway"
            wanted = one["labelSelector"]["matchLabels"].items()
            assert wanted <= template["metadata"]["labels"].items()


@pytest.mark.parametrize(
    ("case", "volume"),
    [
        ("servers", None),
        ("everything", {"persistentVolumeClaim": {"claimName": "farm-scribe-models"}}),
        ("values-airgap", {"persistentVolumeClaim": {"claimName": "speech-models"}}),
        ("pulled-into-pods", {"emptyDir": {"sizeLimit": "50Gi"}}),
    ],
)
def test_models_come_from_the_image_a_claim_or_a_pull(
    case: str, volume: dict[str, Any] | None
) -> None:
    for deployment in _workers(CASES[case]):
        spec = deployment["spec"]["template"]["spec"]
        volumes = {one.pop("name"): one for one in spec["volumes"]}
        assert volumes.get("models") == volume
        pulls = CASES[case].get("models", {}).get("pull", {}).get("enabled", False)
        assert ("initContainers" in spec) is pulls
        mounts = {one["name"]: one for one in spec["containers"][0]["volumeMounts"]}
        assert ("models" in mounts) is (volume is not None)
        assert mounts.get("models", {}).get("readOnly", True)
        for pull in spec.get("initContainers", []):
            assert pull["args"] == ["models", "pull"]
            served = environment(spec["containers"][0])["WHISPERFARM_PRESETS"]
            assert environment(pull)["WHISPERFARM_PRESETS"] == served


@pytest.mark.parametrize(("own", "secret"), [("", "s3"), ("s3-models", "s3-models")])
def test_s3_models_use_the_server_of_the_blobs(own: str, secret: str) -> None:
    """Models use the keys of the blobs' server, or keys of their own."""
    values = merged(EVERYTHING, {"models": {"pull": {"s3": {"existingSecret": own}}}})
    pull = environment(_workers(values)[0]["spec"]["template"]["spec"]["initContainers"][0])
    assert pull["WHISPERFARM_MODELS_FROM"] == "s3://models/all"
    assert pull["WHISPERFARM_S3_ENDPOINT_URL"] == "https://s3.example.org"
    assert pull["WHISPERFARM_S3_REGION"] == "eu-1"
    assert pull["WHISPERFARM_S3_ACCESS_KEY_ID"] == (secret, "s3-access-key-id")
    assert pull["WHISPERFARM_S3_SECRET_ACCESS_KEY"] == (secret, "s3-secret-access-key")


def test_alert_rules_are_included_unchanged() -> None:
    import yaml

    from helm import refresh

    rules = rendered(EVERYTHING).one("PrometheusRule")["spec"]["groups"]
    assert rules == yaml.safe_load(refresh.COPY.read_text(encoding="utf-8"))["groups"]
    assert any(rule.get("alert") for group in rules for rule in group["rules"])


def test_monitors_select_every_dispatcher_worker_and_watcher() -> None:
    release = rendered(EVERYTHING)
    monitor = release.one("ServiceMonitor")["spec"]
    found = [
        service
        for service in release.of("Service")
        if monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
        and monitor["selector"]["matchExpressions"][0]["key"] in service["metadata"]["labels"]
    ]
    jobs = {service["metadata"]["labels"][monitor["jobLabel"]] for service in found}
    assert jobs == {"whisperfarm-dispatcher", "whisperfarm-worker", "whisperfarm-watch"}
    assert {endpoint["port"] for endpoint in monitor["endpoints"]} == {"metrics"}
    watched = {
        labels["app.kubernetes.io/component"]
        for _, labels, _ in release.pods()
        if any(service["spec"]["selector"].items() <= labels.items() for service in found)
    }
    assert watched == {"dispatcher", "worker", "watch"}
    assert all(port["name"] == "metrics" for one in found for port in one["spec"]["ports"])


def test_recording_claims_are_mounted_where_needed() -> None:
    release = rendered(CASES["shared-folder"])
    for deployment in release.of("Deployment"):
        spec = deployment["spec"]["template"]["spec"]
        volumes = {one["name"]: one for one in spec["volumes"]}
        assert volumes["blobs"]["persistentVolumeClaim"] == {"claimName": "recordings"}
        assert environment(spec["containers"][0])["WHISPERFARM_BLOB_URL"] == "/blobs"
    everything = rendered(EVERYTHING).one("Deployment", "-dispatcher")["spec"]["template"]["spec"]
    mounts = {one["name"]: one["mountPath"] for one in everything["containers"][0]["volumeMounts"]}
    assert (mounts["intake"], mounts["output"]) == ("/intake", "/output")
