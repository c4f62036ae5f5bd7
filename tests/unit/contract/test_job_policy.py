import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import job_policy
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.problems import OptionWrong


def test_terms_are_read_from_text_and_from_json() -> None:
    asked = {"deadline_s": "90", "cache": "false", "callback_url": "https://example.org/done"}
    wanted = Terms(deadline_s=90.0, cache=False, callback_url="https://example.org/done")

    assert job_policy.read(asked) == wanted
    assert job_policy.read(wanted.to_wire()) == wanted


def test_what_is_empty_is_not_given() -> None:
    assert job_policy.read({"deadline_s": "", "cache": None}) == job_policy.AS_USUAL
    assert job_policy.AS_USUAL.to_wire() == {}


@pytest.mark.parametrize(
    ("name", "value"), [("deadline_s", "0"), ("deadline_s", "soon"), ("cache", "perhaps")]
)
def test_a_wrong_term_is_named(name: str, value: str) -> None:
    with pytest.raises(OptionWrong, match=name):
        job_policy.read({name: value})


def test_the_json_schema_describes_every_term() -> None:
    schema = job_policy.json_schema()
    assert set(schema["properties"]) == set(job_policy.KINDS)
    Draft202012Validator(schema).validate(Terms(deadline_s=90.0, cache=False).to_wire())
