import json
from typing import Any

import pytest

from whisperfarm_contract import job_labels
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.problems import InvalidOption

KIB = 1 << 10


def test_read_accepts_metadata_as_text_and_as_json() -> None:
    labels = {"batch": "2024-11-20T16:26", "reference": "call 17"}
    expected = JobLabels(**labels, metadata={"agent": "Zoë", "parts": [1, None]})
    as_text = {**labels, "metadata": '{"agent": "Zoë", "parts": [1, null]}'}
    assert job_labels.read(as_text) == job_labels.read(expected.to_wire()) == expected


def test_read_treats_empty_values_as_not_given() -> None:
    assert job_labels.read({"reference": "", "metadata": None, "cache": "no"}) == JobLabels()
    assert JobLabels().to_wire() == {}


@pytest.mark.parametrize("value", ["a/b", "a b", "..", "-a", "a\n", "é", "x" * 101, 17, "\udc80"])
def test_batch_must_be_a_short_id_that_a_path_may_contain(value: Any) -> None:
    with pytest.raises(InvalidOption, match=r"batch: "):
        job_labels.read({"batch": value})


@pytest.mark.parametrize("value", ["a\nb", "a\0", "\u202eb", "x" * 201, 17, "\udc80"])
def test_reference_must_be_a_short_printable_line(value: Any) -> None:
    with pytest.raises(InvalidOption, match=r"reference: the (text|value)"):
        job_labels.read({"reference": value})


@pytest.mark.parametrize(
    "value",
    [
        *("{", "[]", "17", '"text"', "[" * 16_000, '{"n": NaN}', '{"n": 1e999}', 17, ["a"]),
        *('{"a": "\\u0000"}', '{"\\u0000": 1}', '{"a": "\\ud800"}', {"n": float("inf")}),
    ],
)
def test_metadata_must_be_an_object_that_databases_store(value: Any) -> None:
    with pytest.raises(InvalidOption, match="metadata: "):
        job_labels.read({"metadata": value})


def test_metadata_may_have_sixteen_kib_in_its_compact_form() -> None:
    def with_bytes(count: int) -> dict[str, str]:
        return {"a": "é" + "x" * (count - len('{"a":"é"}'.encode()))}

    largest, larger = with_bytes(16 * KIB), with_bytes(16 * KIB + 1)
    assert job_labels.read({"metadata": json.dumps(largest)}).metadata == largest
    with pytest.raises(InvalidOption, match="16385 bytes"):
        job_labels.read({"metadata": larger})


def test_metadata_may_be_nested_eight_deep() -> None:
    deepest = '{"a":' * 4 + "[" * 4 + "1" + "]" * 4 + "}" * 4
    assert job_labels.read({"metadata": deepest}).metadata == json.loads(deepest)
    with pytest.raises(InvalidOption, match="nested too deep"):
        job_labels.read({"metadata": f'{{"a":{deepest}}}'})
