import pytest

from whisperfarm_contract import options, terms
from whisperfarm_contract.problems import OptionWrong
from whisperfarm_contract.terms import Terms


def test_terms_are_read_from_text_and_from_json() -> None:
    asked = {"deadline_s": "90", "cache": "false", "callback_url": "https://example.org/done"}
    wanted = Terms(deadline_s=90.0, cache=False, callback_url="https://example.org/done")

    assert terms.read(asked) == wanted
    assert terms.read(wanted.to_wire()) == wanted


def test_what_is_empty_is_not_given() -> None:
    assert terms.read({"deadline_s": "", "cache": None}) == terms.AS_USUAL
    assert terms.AS_USUAL.to_wire() == {}


@pytest.mark.parametrize(
    ("name", "value"), [("deadline_s", "0"), ("deadline_s", "soon"), ("cache", "perhaps")]
)
def test_a_wrong_term_is_named(name: str, value: str) -> None:
    with pytest.raises(OptionWrong, match=name):
        terms.read({name: value})


def test_no_name_is_both_a_term_and_an_option() -> None:
    assert not terms.KINDS.keys() & options.KINDS.keys()


def test_the_schema_tells_of_every_term() -> None:
    assert terms.json_schema().keys() == terms.KINDS.keys()
