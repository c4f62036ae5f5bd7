"""The CronJob that copies the farm to a volume."""

import pytest

from tests.support.chart import environment, merged, rendered
from tests.support.chart_values import EVERYTHING, FILES, SERVERS

ENABLED = {"backup": {"enabled": True, "existingClaim": "copies"}}


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
