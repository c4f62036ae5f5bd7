"""The parser of records; the tests of each record cover what is specific to it."""

from dataclasses import MISSING, fields
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from whisperfarm_contract import schema_fields
from whisperfarm_contract.formats import SubtitleOptions
from whisperfarm_contract.job_labels import JobLabels
from whisperfarm_contract.job_policy import JobPolicy
from whisperfarm_contract.options import Options
from whisperfarm_contract.problems import UnknownOption

FIELD_CLASSES = (Options, JobPolicy, JobLabels, SubtitleOptions)
EACH = pytest.mark.parametrize("kind", FIELD_CLASSES)


@EACH
def test_read_names_the_unknown_and_known_fields(kind: type[Any]) -> None:
    first = fields(kind)[0].name
    with pytest.raises(UnknownOption, match=f"'colour'.*{first}"):
        schema_fields.read(kind, {"colour": ""})


@EACH
def test_json_schema_describes_each_field(kind: type[Any]) -> None:
    schema = schema_fields.json_schema(kind, title="a record")
    Draft202012Validator.check_schema(schema)
    assert schema["properties"].keys() == {one.name for one in fields(kind)}
    assert not Draft202012Validator(schema).is_valid({"colour": "red"})


@EACH
def test_properties_have_the_defaults(kind: type[Any]) -> None:
    described = schema_fields.properties(kind)
    usual = {one.name: one.default for one in fields(kind) if one.default not in (None, MISSING)}
    assert {name: one["default"] for name, one in described.items() if "default" in one} == usual


def test_field_classes_share_no_field_name() -> None:
    together = schema_fields.properties(*FIELD_CLASSES)
    assert len(together) == sum(len(fields(kind)) for kind in FIELD_CLASSES)
