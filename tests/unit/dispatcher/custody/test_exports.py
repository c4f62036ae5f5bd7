"""The same exports of a caller within a minute are one entry."""

from dataclasses import replace
from pathlib import Path

from tests.support.jobs import new_job
from tests.support.ledger import open_migrated
from whisperfarm_dispatcher.custody.exports import PERIOD_S, Exports
from whisperfarm_store.ledger import Origin

ANNA = Origin(key_id="3f9a1c0e77b2", address="192.0.2.7")


def test_repeated_exports_are_one_entry_for_a_minute(tmp_path: Path) -> None:
    ledger = open_migrated(f"sqlite:///{tmp_path / 'ledger.sqlite'}", custody=True)
    job = ledger.jobs.insert(new_job())
    now = [0.0]
    exports = Exports(ledger.custody, clock=lambda: now[0])
    for at, origin in ((0, ANNA), (1, ANNA), (2, replace(ANNA, address="")), (PERIOD_S, ANNA)):
        now[0] = at
        exports.record(job.id, {"what": "audio"}, origin)
    exports.record("unknown", {"what": "audio"}, ANNA)
    kinds = [one.kind for one in ledger.custody.get(job.id, tenant=job.tenant).entries]
    ledger.close()
    assert kinds == ["accepted", "exported", "exported", "exported"]
