"""The check of what an analysis answers."""

import pytest

from whisperfarm_contract.additions import MAX_ANSWER_BYTES
from whisperfarm_dispatcher.additions.request import AdditionFailed, read_answer


def test_answer_is_any_json_object() -> None:
    assert read_answer(b'{"topics": ["refund"]}') == {"topics": ["refund"]}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"secret words",
        b"[1]",
        b"null",
        b"\xff{}",
        b"[" * 100_000,
        b" " * MAX_ANSWER_BYTES + b"{}",
    ],
)
def test_other_answers_are_refused_without_quoting_them(answer: bytes) -> None:
    with pytest.raises(AdditionFailed) as caught:
        read_answer(answer)
    assert "secret" not in str(caught.value)
