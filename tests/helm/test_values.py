"""Values that the chart rejects, with the error messages."""

from typing import Any

import helm_python
import pytest

from tests.support.chart import merged, rendered
from tests.support.chart_values import EVERYTHING, FILES, SERVERS

POOL = {"name": "one"}


def _pools(*pools: dict[str, Any], **more: Any) -> dict[str, Any]:
    return merged(SERVERS, {"workers": {"pools": list(pools)}, **more})


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"worker": {}}, "worker"),
        ({"image": {"name": "x"}}, "/image"),
        ({"image": {"worker": {"digests": {"tpu": ""}}}}, "/image/worker/digests"),
        ({"dispatcher": {"replica": 3}}, "/dispatcher"),
        ({"dispatcher": {"service": {"ports": []}}}, "/dispatcher/service"),
        ({"database": {"url": "postgresql://farm:secret@db/farm"}}, "/database"),
        ({"apiKeys": {"value": "k"}}, "/apiKeys"),
        ({"workers": {"defaults": {"replicaCount": 1}}}, "/workers/defaults"),
        ({"workers": {"pools": [{**POOL, "gpu": 1}]}}, "/workers/pools/0"),
        ({"workers": {"pools": [{**POOL, "scaling": {"max": 1}}]}}, "/workers/pools/0/scaling"),
        ({"networkPolicy": {"callers": [{"ips": []}]}}, "/networkPolicy/callers/0"),
        ({"keda": {"rabbitmq": {"protocol": "amqp"}}}, "/keda/rabbitmq"),
        ({"models": {"pull": {"token": "hf_x"}}}, "/models/pull"),
        ({"settings": {"WHISPERFARM_LOGLEVEL": "info"}}, "/settings"),
        ({"settings": {"WHISPERFARM_API_KEYS": "k"}}, "/settings"),
        ({"settings": {"WHISPERFARM_TRACES_URL": "http://x/v1"}}, "/settings"),
        ({"workers": {"defaults": {"settings": {"WHISPERFARM_POD_DELETION_COST": True}}}}, "/work"),
        ({"traces": {"token": "x"}}, "/traces"),
        ({"dispatcher": {"settings": {"WHISPERFARM_DATABASE_URL": "x"}}}, "/dispatcher/settings"),
    ],
)
def test_unknown_key_is_rejected_with_its_path(values: dict[str, Any], where: str) -> None:
    with pytest.raises(helm_python.HelmValuesError, match="additional properties") as refused:
        rendered(merged(SERVERS, values))
    assert where in str(refused.value)


@pytest.mark.parametrize(
    ("values", "where"),
    [
        ({"dispatcher": {"replicas": "2"}}, "/dispatcher/replicas"),
        ({"dispatcher": {"replicas": 0}}, "/dispatcher/replicas"),
        ({"dispatcher": {"maxUnavailable": 0}}, "/dispatcher/maxUnavailable"),
        ({"dispatcher": {"maxUnavailable": "0%"}}, "/dispatcher/maxUnavailable"),
        ({"apiKeys": {"existingSecret": ""}}, "/apiKeys/existingSecret"),
        ({"flower": {"existingSecret": ""}}, "/flower/existingSecret"),
        ({"state": {"kind": "sqlite"}}, "/state/kind"),
        ({"state": {"size": "a lot"}}, "/state/size"),
        ({"blobs": {"url": "https://s3/bucket"}}, "/blobs/url"),
        ({"blobs": {"endpoint": "https://key:secret@s3"}}, "/blobs/endpoint"),
        ({"traces": {"url": "http://user:secret@collector/v1/traces"}}, "/traces/url"),
        ({"traces": {"url": "collector:4318"}}, "/traces/url"),
        ({"traces": {"url": "http://collector:4318"}}, "/traces/url"),
        ({"traces": {"attributes": {"team": "a,b"}}}, "/traces/attributes/team"),
        ({"workers": {"pools": []}}, "/workers/pools"),
        ({"workers": {"pools": [{}]}}, "missing property 'name'"),
        ({"workers": {"pools": [{"name": "Big One"}]}}, "/workers/pools/0/name"),
        ({"workers": {"pools": [{**POOL, "presets": ["x' OR '1"]}]}}, "/presets/0"),
        ({"workers": {"pools": [{**POOL, "variant": "tpu"}]}}, "/workers/pools/0/variant"),
        ({"workers": {"pools": [{**POOL, "gpus": 0.5}]}}, "/workers/pools/0/gpus"),
        ({"models": {"pull": {"from": "ftp://x"}}}, "/models/pull/from"),
        ({"keda": {"source": "redis"}}, "/keda/source"),
        ({"networkPolicy": {"database": {"ports": []}}}, "/networkPolicy/database/ports"),
    ],
)
def test_invalid_value_is_rejected_with_its_path(values: dict[str, Any], where: str) -> None:
    with pytest.raises(helm_python.HelmValuesError) as refused:
        rendered(merged(SERVERS, values))
    assert where in str(refused.value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "either blobs.url"),
        (merged(SERVERS, {"blobs": {"existingClaim": "c"}}), "either blobs.url"),
        (merged(SERVERS, {"watch": {"enabled": True}}), "watch.intake.existingClaim"),
        (merged(SERVERS, {"backup": {"enabled": True}}), "backup: set either"),
        (
            merged(SERVERS, {"backup": {"enabled": True, "existingClaim": "a", "url": "s3://b"}}),
            "backup: set either",
        ),
        (merged(SERVERS, {"database": {"existingSecret": ""}}), "database.existingSecret"),
        (merged(SERVERS, {"broker": {"existingSecret": ""}}), "broker.existingSecret"),
        (merged(FILES["values-edge"], {"dispatcher": {"replicas": 2}}), "dispatcher.replicas"),
        (merged(FILES["values-edge"], {"flower": {"enabled": True}}), "flower.enabled"),
        (
            merged(FILES["values-edge"], {"inferenceService": {"enabled": True}}),
            "inferenceService.enabled",
        ),
        (
            merged(
                FILES["values-edge"],
                {
                    "workers": {"defaults": {"scaling": {"kind": "keda"}}},
                    "keda": {"source": "postgresql"},
                },
            ),
            "has no PostgreSQL",
        ),
        (_pools(POOL, POOL), "two pools are called one"),
        (_pools(POOL, presets=["fast"]), "preset demo is not among presets"),
        (_pools(POOL, presets=["demo", "fast"]), "no pool serves fast"),
        (_pools({**POOL, "scaling": {"kind": "hpa"}}), "needs at least 1"),
        (
            _pools({**POOL, "scaling": {"kind": "keda", "minReplicas": 9}}),
            "greater than maxReplicas",
        ),
        (
            merged(
                _pools({**POOL, "scaling": {"kind": "hpa", "minReplicas": 1}}),
                {"workers": {"defaults": {"resources": {"requests": {"cpu": None}}}}},
            ),
            "resources.requests.cpu",
        ),
        (merged(SERVERS, {"models": {"kind": "emptyDir"}}), "models.pull.enabled"),
        (merged(SERVERS, {"models": {"pull": {"enabled": True}}}), "models in an image"),
        (merged(EVERYTHING, {"tokenKeys": "{}"}), "tokenKeys"),
        (merged(EVERYTHING, {"serviceAccount": {"create": False}}), "serviceAccount.name"),
        (merged(EVERYTHING, {"dispatcher": {"ingress": {"host": ""}}}), "ingress.host"),
    ],
)
def test_conflicting_values_are_rejected_with_a_hint(values: dict[str, Any], words: str) -> None:
    with pytest.raises(helm_python.HelmError, match=words):
        rendered(values)
