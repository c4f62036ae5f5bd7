"""Adds changes of the settings, roles and presets to the audit log when a dispatcher starts."""

import json
import re
import socket
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from whisperfarm_contract.audit import Actor, AuditKind
from whisperfarm_contract.custody.canonical import canonical
from whisperfarm_contract.presets import Preset
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.ledger import AuditLog
from whisperfarm_store.redaction.pattern import Pattern

_PASSWORD = re.compile(r"(://[^:/]*:)(?:(?!;[\w+.-]+://).)*@", re.DOTALL)
_PARAMETER = re.compile(r"([?&][^=&;]*(?:auth|key|pass|pwd|secret|sig|token)[^=&;]*=)[^&;]*", re.I)


def record_configuration(
    audit_log: AuditLog, settings: DispatcherSettings, presets: Mapping[str, Preset]
) -> None:
    """Add an entry for each kind of configuration that is not as the last entry says.

    Secrets are masked, so that a change of one is not noticed.
    """
    roles = {name: sorted(permissions) for name, permissions in settings.roles.items()}
    found: Mapping[AuditKind, Mapping[str, Any]] = {
        AuditKind.SETTINGS_CHANGED: {"settings": _shown(settings), **_patterns(settings)},
        AuditKind.ROLES_CHANGED: {"roles": roles, **_certificates(settings)},
        AuditKind.PRESETS_CHANGED: {"presets": _plain({k: asdict(v) for k, v in presets.items()})},
    }
    actor = Actor(f"dispatcher on {socket.gethostname()}")
    for kind, content in found.items():
        last = audit_log.last(kind)
        known = {} if last is None else json.loads(last.body)
        if any(known.get(name) != value for name, value in content.items()):
            audit_log.append(kind, actor, content)


def _certificates(settings: DispatcherSettings) -> Mapping[str, Any]:
    """Return the tenant and role of each listed certificate, if certificates are accepted."""
    verifier = settings.certificate_verifier(settings.roles)
    if verifier is None:
        return {}
    return {"certificates": {name: asdict(one) for name, one in verifier.callers.items()}}


def _patterns(settings: DispatcherSettings) -> Mapping[str, Any]:
    """Return the digest of each expression in the file of redaction, which may name people."""
    if settings.redaction_file is None:
        return {}
    own = {k: v for k, v in settings.redaction_kinds.items() if isinstance(v, Pattern)}
    return {"redaction": {name: one.digest for name, one in own.items()}}


def _shown(settings: DispatcherSettings) -> Mapping[str, Any]:
    """Return the settings that are not the defaults, without secrets."""
    text = settings.model_dump_json(exclude_defaults=True)
    return {
        name: _masked(value) if isinstance(value, str) else value
        for name, value in json.loads(text).items()
    }


def _masked(address: str) -> str:
    """Return the address, or several separated by `;`, without passwords and secret parameters."""
    return _PARAMETER.sub(r"\1***", _PASSWORD.sub(r"\1***@", address))


def _plain(value: Any) -> Any:
    """Return the value as it is read back from JSON."""
    return json.loads(canonical(value))
