"""The CronJob that copies the farm to a volume or a bucket."""

import pytest

from tests.support.chart import environment, merged, rendered
from tests.support.chart_values import EVERYTHING, FILES, SERVERS

ENABLED = {"backup": {"enabled": True, "existingClaim": "copies"}}
IN_BUCKET = {"backup": {"enabled": True, "url": "s3://copies/farm"}}


def test_backup_is_left_out_by_default() -> None:
    assert rendered(SERVERS).of("CronJob") == []


def test_backups_do_not_overlap_and_keep_the_configured_history() -> None:
    values = merged(SERVERS, {**ENABLED, "backup": {**ENABLED["backup"], "schedule": "@daily"}})
    spec = rendered(values).one("CronJob")["spec"]
    assert (spec["schedule"], spec["concurrencyPolicy"]) == ("@daily", "Forbid")
    assert (spec["successfulJobsHistoryLimit"], spec["failedJobsHistoryLimit"]) == (1, 3)


def test_backup_has_only_the_credentials_of_ledger_and_blobs() -> None:
    [backup] = [one for name, one in rendered(EVERYTHING).containers() if name.endswith(", backup")]
    assert backup["args"] == ["backup", "/backup/farm"]
    secrets = {one["name"] for one in backup["env"] if "valueFrom" in one}
    keys = {"WHISPERFARM_S3_ACCESS_KEY_ID", "WHISPERFARM_S3_SECRET_ACCESS_KEY"}
    assert secrets == {"WHISPERFARM_DATABASE_URL"} | keys


def test_blob_keys_are_with_those_that_read_blobs_alone() -> None:
    release = rendered(merged(EVERYTHING, ENABLED))
    with_keys = set()
    for _, container in release.containers():
        mounts = {one["name"] for one in container.get("volumeMounts", ())}
        assert ("blob-keys" in mounts) == ("WHISPERFARM_BLOB_KEYS_FILE" in environment(container))
        if "blob-keys" in mounts:
            with_keys.add(container["args"][0])
            assert environment(container)["WHISPERFARM_S3_KMS_KEY_ID"] == "alias/calls"
            assert environment(container)["WHISPERFARM_BLOB_ENCRYPTION_REQUIRED"] == "true"
    assert with_keys == {"dispatcher", "worker", "backup"}


@pytest.mark.parametrize(
    ("values", "claims"),
    [
        (SERVERS, {"copies"}),
        ({"blobs": {"existingClaim": "recordings"}}, {"copies", "recordings"}),
        (FILES["values-edge"], {"copies", "farm-whisperfarm-data"}),
    ],
)
def test_backup_mounts_what_it_copies(values: dict[str, object], claims: set[str]) -> None:
    release = rendered(merged(values, ENABLED))
    [spec] = [spec for name, _, spec in release.pods() if name.startswith("CronJob")]
    mounted = {
        one["persistentVolumeClaim"]["claimName"]
        for one in spec["volumes"]
        if "persistentVolumeClaim" in one
    }
    assert mounted == claims
    assert environment(spec["containers"][0])["WHISPERFARM_DATA_DIR"] == "/data"


def test_backup_to_a_bucket_mounts_no_volume_for_it() -> None:
    release = rendered(merged(SERVERS, IN_BUCKET))
    [spec] = [spec for name, _, spec in release.pods() if name.startswith("CronJob")]
    assert spec["containers"][0]["args"] == ["backup", "s3://copies/farm"]
    assert "backup" not in {one["name"] for one in spec["volumes"]}


def test_embedded_farm_has_the_server_of_its_bucket() -> None:
    server = {"endpoint": "https://s3.example", "existingSecret": "copies"}
    release = rendered(merged(FILES["values-edge"], {**IN_BUCKET, "blobs": server}))
    [spec] = [spec for name, _, spec in release.pods() if name.startswith("CronJob")]
    named = {one["name"]: one for one in spec["containers"][0]["env"]}
    assert named["WHISPERFARM_S3_ENDPOINT_URL"]["value"] == "https://s3.example"
    assert (
        named["WHISPERFARM_S3_SECRET_ACCESS_KEY"]["valueFrom"]["secretKeyRef"]["name"] == "copies"
    )
    assert "WHISPERFARM_BLOB_URL" not in named
    policies = [one["metadata"]["name"] for one in release.of("NetworkPolicy")]
    assert [name for name in policies if name.endswith("-backup")]
