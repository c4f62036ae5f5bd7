"""Which jobs are sent to the hub."""

from dataclasses import replace

import pytest

from tests.support.jobs import new_job
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.hub.selection import read_selection
from whisperfarm_dispatcher.hub.settings import HubSettings


@pytest.mark.parametrize(
    ("entries", "is_sent"),
    [
        ((), True),
        (("preset=demo",), True),
        (("preset=large", "preset=demo"), True),
        (("preset=large",), False),
        (("preset=demo", "tenant=north"), False),
        (("quality=high", "tenant=acme"), True),
    ],
)
def test_kinds_must_all_match_and_values_are_alternatives(
    entries: tuple[str, ...], is_sent: bool
) -> None:
    job = replace(new_job(), options=Options(quality="high"))
    assert read_selection(entries).matches(job) == is_sent


@pytest.mark.parametrize("entry", ["demo", "preset=", "model=large", "=x"])
def test_invalid_entries_name_the_setting(entry: str) -> None:
    with pytest.raises(InvalidSettings, match="WHISPERFARM_HUB_JOBS"):
        read_selection((entry,))


def test_job_with_destroyed_originals_is_not_sent() -> None:
    settings = HubSettings(hub_url="http://hub.example")
    options = [Options(redact="card", originals=one) for one in ("keep", "destroy")]
    jobs = [replace(new_job(), options=one) for one in options]
    assert [settings.is_forwarded(one) for one in jobs] == [True, False]
