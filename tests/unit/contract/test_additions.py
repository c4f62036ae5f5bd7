"""The policy `additions`."""

import pytest

from whisperfarm_contract import job_policy
from whisperfarm_contract.additions import names_of
from whisperfarm_contract.problems import InvalidOption


@pytest.mark.parametrize(
    ("given", "names"),
    [("summary", ("summary",)), (" summary , talk_time,summary", ("summary", "talk_time"))],
)
def test_names_are_read_once_each(given: str, names: tuple[str, ...]) -> None:
    assert names_of(job_policy.read({"additions": given}).additions) == names


def test_job_without_additions_has_no_names() -> None:
    assert names_of(job_policy.read({}).additions) == ()


@pytest.mark.parametrize(
    "given", ["a,,b", "Summary", "../x", "a" * 21, "ümlaut", ",".join("abcdefghijklmnopq"), ["a"]]
)
def test_invalid_names_are_rejected(given: object) -> None:
    with pytest.raises(InvalidOption, match="additions"):
        job_policy.read({"additions": given})
