"""A commitment hides its value, and fits no other."""

import pytest

from whisperfarm_contract.custody import Opening, commit
from whisperfarm_contract.custody.commitment import new_salt


def test_opening_matches_its_commitment_alone() -> None:
    salt = new_salt()
    opening = Opening(number=1, field="filename", salt=salt, value="Müller.wav")
    body = {"filename": commit(salt, "Müller.wav")}
    assert opening.matches(body)
    assert not opening.matches({"filename": commit(salt, "Muller.wav")})
    assert not opening.matches({"filename": commit(new_salt(), "Müller.wav")})
    assert not opening.matches({})


def test_equal_values_have_different_commitments() -> None:
    assert commit(new_salt(), "a.wav") != commit(new_salt(), "a.wav")


@pytest.mark.parametrize("salt", ["AB" * 32, "ab cd", "xy", ""])
def test_salt_has_one_form_only(salt: str) -> None:
    opening = Opening(number=1, field="filename", salt=salt, value="a.wav")
    assert not opening.matches({"filename": commit("ab" * 32, "a.wav")})
