"""What the admission policy lets a worker change, evaluated as an API server does."""

import copy
from collections.abc import Callable
from typing import Any

import celpy
import pytest

from tests.support.chart import Manifest, merged, rendered
from tests.support.chart_values import EVERYTHING, SERVERS
from whisperfarm_worker.deletion_cost.api_server import ANNOTATION

_POD_NAME = "authentication.kubernetes.io/pod-name"
USER: Manifest = {
    "username": "system:serviceaccount:speech:farm-scribe-worker",
    "extra": {_POD_NAME: ["farm-scribe-worker-large-0"]},
}
POD: Manifest = {
    "metadata": {
        "name": "farm-scribe-worker-large-0",
        "labels": {"whisperfarm/pool": "large"},
        "annotations": {"checksum/presets": "0a"},
        "ownerReferences": [{"kind": "ReplicaSet", "name": "farm", "controller": True}],
    },
    "spec": {"containers": [{"name": "worker", "image": "worker:1"}], "priority": 0},
}


def _asked(expression: str, given: Manifest) -> bool:
    environment = celpy.Environment()
    program = environment.program(environment.compile(expression))
    return bool(program.evaluate({key: celpy.json_to_cel(one) for key, one in given.items()}))


def _allowed(after: Manifest, *, before: Manifest = POD, user: Manifest = USER) -> bool:
    """Return whether the policy allows this user to change one pod into the other."""
    policy = rendered(EVERYTHING).one("ValidatingAdmissionPolicy")["spec"]
    given = {
        "request": {"userInfo": user, "name": before["metadata"]["name"]},
        "object": after,
        "oldObject": before,
    }
    if not all(_asked(one["expression"], given) for one in policy["matchConditions"]):
        return True  # the policy does not match
    return all(_asked(one["expression"], given) for one in policy["validations"])


def _costing(cost: str, pod: Manifest = POD) -> Manifest:
    made = copy.deepcopy(pod)
    made["metadata"]["annotations"][ANNOTATION] = cost
    return made


def test_worker_may_change_its_deletion_cost_repeatedly() -> None:
    assert _allowed(_costing("100"))
    assert _allowed(_costing("0"), before=_costing("100"))


def _image(pod: Manifest) -> None:
    pod["spec"]["containers"][0]["image"] = "evil:1"


def _label(pod: Manifest) -> None:
    pod["metadata"]["labels"]["whisperfarm/pool"] = "other"


def _annotation(pod: Manifest) -> None:
    pod["metadata"]["annotations"]["cluster-autoscaler.kubernetes.io/safe-to-evict"] = "false"


def _other_value(pod: Manifest) -> None:
    pod["metadata"]["annotations"]["checksum/presets"] = "0b"


def _one_less(pod: Manifest) -> None:
    del pod["metadata"]["annotations"]["checksum/presets"]


def _owner(pod: Manifest) -> None:
    pod["metadata"]["ownerReferences"][0]["controller"] = False


def _finalizer(pod: Manifest) -> None:
    pod["metadata"]["finalizers"] = ["stay/for-ever"]


@pytest.mark.parametrize(
    "change", [_image, _label, _annotation, _other_value, _one_less, _owner, _finalizer]
)
def test_worker_may_change_nothing_else(change: Callable[[Any], None]) -> None:
    after = _costing("100")
    change(after)
    assert not _allowed(after)
    someone = {**USER, "username": "system:serviceaccount:kube-system:replicaset-controller"}
    assert _allowed(after, user=someone), "others are none of its business"


@pytest.mark.parametrize("extra", [{_POD_NAME: ["farm-scribe-worker-large-1"]}, {}])
def test_worker_may_not_change_another_pod(extra: Manifest) -> None:
    assert not _allowed(_costing("100"), user={**USER, "extra": extra})


def test_policy_denies_and_is_optional() -> None:
    release = rendered(EVERYTHING)
    policy = release.one("ValidatingAdmissionPolicy")
    binding = release.one("ValidatingAdmissionPolicyBinding")["spec"]
    assert binding["policyName"] == policy["metadata"]["name"]
    assert binding["validationActions"] == ["Deny"]
    assert policy["spec"]["failurePolicy"] == "Fail"
    [rule] = policy["spec"]["matchConstraints"]["resourceRules"]
    assert (rule["operations"], rule["resources"]) == (["UPDATE"], ["pods"])
    assert policy["metadata"]["name"].startswith("speech-"), "its name is the cluster's"
    off = merged(EVERYTHING, {"admissionPolicy": {"enabled": False}})
    assert not rendered(off).of("ValidatingAdmissionPolicy")
    unneeded = merged(SERVERS, {"admissionPolicy": {"enabled": True}})
    assert not rendered(unneeded).of("ValidatingAdmissionPolicy")
