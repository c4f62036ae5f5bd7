import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import job_policy
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.problems import InvalidOption


def test_read_accepts_text_and_json() -> None:
    raw = {"deadline_s": "90", "cache": "false", "callback_url": "https://example.org/done"}
    expected = JobPolicy(deadline_s=90.0, cache=False, callback_url="https://example.org/done")

    assert job_policy.read(raw) == expected
    assert job_policy.read(expected.to_wire()) == expected


def test_read_treats_empty_values_as_not_given() -> None:
    assert job_policy.read({"deadline_s": "", "cache": None}) == job_policy.DEFAULT_POLICY
    assert job_policy.DEFAULT_POLICY.to_wire() == {}


@pytest.mark.parametrize(
    ("name", "value"), [("deadline_s", "0"), ("deadline_s", "soon"), ("cache", "perhaps")]
)
def test_read_names_the_invalid_field(name: str, value: str) -> None:
    with pytest.raises(InvalidOption, match=name):
        job_policy.read({name: value})


def test_json_schema_describes_every_field() -> None:
    schema = job_policy.json_schema()
    assert set(schema["properties"]) == set(job_policy.FIELD_TYPES)
    Draft202012Validator(schema).validate(JobPolicy(deadline_s=90.0, cache=False).to_wire())
