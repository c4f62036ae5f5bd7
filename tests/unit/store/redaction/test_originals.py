"""What must not be stored is masked in texts and JSON values."""

import pytest

from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_store.redaction.kinds import KINDS
from whisperfarm_store.redaction.originals import NO_KINDS, kinds_to_destroy, mask_value

CARD = "4111 1111 1111 1111"
CARD_KIND = kinds_to_destroy(Options(redact="card", originals="destroy"), KINDS)


def test_kinds_are_those_of_a_job_that_destroys() -> None:
    assert list(CARD_KIND) == ["card"]
    assert kinds_to_destroy(Options(redact="card"), KINDS) == NO_KINDS
    with pytest.raises(InvalidOption, match="staff"):
        kinds_to_destroy(Options(redact="staff", originals="destroy"), KINDS)


def test_value_is_masked_in_texts_numbers_and_names() -> None:
    value = {
        "card": [int(CARD.replace(" ", "")), f"paid with {CARD}", {CARD: 1, "4012888888881881": 2}],
        "plain": [17, 0.5, True, None, "x"],
    }
    assert mask_value(value, CARD_KIND) == {
        "card": ["[card]", "paid with [card]", {"[card]": 1, "[card] 2": 2}],
        "plain": [17, 0.5, True, None, "x"],
    }
