"""One reader for every record; what is particular to a record is tested beside it."""

from dataclasses import MISSING, fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import record
from whisperfarm_contract.formats import Layout
from whisperfarm_contract.job_policy import Terms
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import OptionUnknown

RECORDS = (Options, Terms, Layout)
EACH = pytest.mark.parametrize("kind", RECORDS)


@EACH
def test_unknown_name_is_refused_with_the_known_ones(kind: type[Any]) -> None:
    first = fields(kind)[0].name
    with pytest.raises(OptionUnknown, match=f"'colour'.*{first}"):
        record.read(kind, {"colour": ""})


@EACH
def test_schema_of_a_record_describes_each_field(kind: type[Any]) -> None:
    schema = record.json_schema(kind, title="a record")
    Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == {one.name for one in fields(kind)}
    assert not Draft202012Validator(schema).is_valid({"colour": "red"})


@EACH
def test_schema_of_a_record_gives_its_defaults(kind: type[Any]) -> None:
    described = record.properties(kind)
    usual = {one.name: one.default for one in fields(kind) if one.default not in (None, MISSING)}
    assert {name: one["default"] for name, one in described.items() if "default" in one} == usual


def test_records_share_no_field_name() -> None:
    together = record.properties(*RECORDS)
    assert len(together) == sum(len(fields(kind)) for kind in RECORDS)
