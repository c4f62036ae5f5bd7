"""The tenant and role of each name of a client certificate, in the operator's YAML file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from whisperfarm_contract.permissions import Roles
from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_dispatcher.api.certificates.names import KINDS
from whisperfarm_dispatcher.api.keys import is_tenant

VARIABLE = "WHISPERFARM_CERTIFICATES_FILE"
_MEMBERS = frozenset({"tenant", "role"})


@dataclass(frozen=True, slots=True)
class CertificateGrant:
    """What a certificate with a listed name permits."""

    tenant: str
    role: str


def read_callers(path: Path, roles: Roles) -> Mapping[str, CertificateGrant]:
    """Return the grants by name, in the order of the file.

    The file has one mapping `certificates`, from each name to its tenant and role. Raises
    `InvalidSettings` if it cannot be read, or has an invalid name, tenant or role.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidSettings(f"{VARIABLE}: {path} cannot be read: {error}") from error
    found = document.get("certificates") if isinstance(document, dict) else None
    if not isinstance(found, dict) or not found or len(document) > 1:
        raise InvalidSettings(
            f"{VARIABLE}: {path} needs one mapping `certificates`, from names to tenant and role"
        )
    return {_name(path, name): _grant(path, name, value, roles) for name, value in found.items()}


def _name(path: Path, text: Any) -> str:
    kind, _, name = text.partition(":") if isinstance(text, str) else ("", "", "")
    if kind not in KINDS or not name:
        kinds = ", ".join(f"{one}:..." for one in KINDS)
        raise InvalidSettings(f"{VARIABLE}: {path}: {text!r} is not a name; write it as {kinds}")
    return f"{kind}:{name.lower() if kind == 'DNS' else name}"


def _grant(path: Path, name: Any, value: Any, roles: Roles) -> CertificateGrant:
    if not isinstance(value, dict) or set(value) != _MEMBERS:
        raise InvalidSettings(f"{VARIABLE}: {path}: {name}: write `tenant` and `role`")
    tenant, role = value["tenant"], value["role"]
    if not isinstance(tenant, str) or not is_tenant(tenant):
        raise InvalidSettings(f"{VARIABLE}: {path}: {name}: {tenant!r} is not a tenant's name")
    if not isinstance(role, str) or role not in roles:
        raise InvalidSettings(f"{VARIABLE}: {path}: {name}: the farm has no role {role!r}")
    return CertificateGrant(tenant, role)
