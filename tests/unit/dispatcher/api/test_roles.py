"""Roles are data: the built-in ones, and those of a YAML file."""

from pathlib import Path

import pytest

from whisperfarm_contract.permissions import ROLES, Permission, Role
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.roles import read_roles

RBAC = """
roles:
  analyst:
    - read:transcriptions
    - write:annotations
  exporter: ["read:jobs"]
  root:
    - all:permissions
"""


def test_analysts_and_supervisors_change_no_jobs() -> None:
    for role in (Role.ANALYST, Role.SUPERVISOR):
        assert Permission.READ_TRANSCRIPTIONS in ROLES[role]
        assert not ROLES[role] & {Permission.SUBMIT_JOBS, Permission.CANCEL_JOBS}
    added = ROLES[Role.SUPERVISOR] - ROLES[Role.ANALYST]
    assert added == {
        *(Permission.APPROVE_CRITICAL_CASES, Permission.READ_CUSTODY, Permission.READ_USAGE),
        *(Permission.HOLD_JOBS, Permission.ERASE_JOBS, Permission.ENROL_SPEAKERS),
    }


def test_file_adds_and_replaces_roles(tmp_path: Path) -> None:
    file = tmp_path / "rbac.yaml"
    file.write_text(RBAC)
    roles = read_roles(file)
    assert roles["exporter"] == {Permission.READ_JOBS}
    assert roles["analyst"] == {Permission.READ_TRANSCRIPTIONS, Permission.WRITE_ANNOTATIONS}
    assert roles["root"] == set(Permission)
    assert roles["caller"] == ROLES[Role.CALLER]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("roles: {reader: ['read:everything']}", "'read:everything' is not a permission"),
        ("roles: {reader: 'read:jobs'}", "write its permissions as a list"),
        ("roles: {'../x': ['read:jobs']}", "not a name of a role"),
        ("roles: {7: ['read:jobs']}", "not a name of a role"),
        ("roles: {reader: [['read:jobs']]}", "is not a permission"),
        ("roles: [reader]", "must map names"),
        ("reader: ['read:jobs']", "needs one mapping `roles`"),
        ("roles: {}\nusers: {}", "nothing else"),
        ("", "needs one mapping"),
        ("roles: [", "cannot be read"),
        ("roles: !!python/object/apply:os.getcwd []", "cannot be read"),
    ],
)
def test_invalid_file_is_rejected(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "rbac.yaml"
    file.write_text(text)
    with pytest.raises(InvalidSettings, match="WHISPERFARM_ROLES_FILE: ") as raised:
        read_roles(file)
    assert message in str(raised.value)


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="cannot be read"):
        read_roles(tmp_path / "missing.yaml")
