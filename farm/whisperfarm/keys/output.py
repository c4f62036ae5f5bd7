"""Keys as a table or as JSON, and the one time that a secret is printed."""

from collections.abc import Sequence
from typing import Any

import click

from whisperfarm.output import print_line
from whisperfarm.remote.output import print_json, print_table
from whisperfarm_contract.job import to_rfc3339
from whisperfarm_store.ledger import ApiKey, KeyText

_HEAD = ("ID", "TENANT", "ROLE", "STATE", "CREATED", "EXPIRES", "LAST USED", "RATE", "DAY", "NAME")


def print_new_key(key: ApiKey, text: KeyText, output_format: str) -> None:
    """Print the text of a new key, alone on standard output or as a member of its document."""
    if output_format == "json":
        print_json({**_document(key), "key": text.text})
        return
    click.echo(text.text)
    end = "never expires" if key.expires_at is None else f"expires {to_rfc3339(key.expires_at)}"
    print_line(
        f"whisperfarm: key {key.id} of tenant {key.tenant} {end}; keep it: it is not shown again",
        err=True,
    )


def print_keys(found: Sequence[ApiKey], output_format: str) -> None:
    """Print keys, without their secrets, which the ledger does not have."""
    if output_format == "json":
        print_json({"keys": [_document(key) for key in found]})
    else:
        print_table(_HEAD, [_row(key) for key in found])


def _document(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "tenant": key.tenant,
        "role": key.role,
        "permissions": list(key.permissions),
        "name": key.name,
        "state": key.state,
        "rate_limit": key.rate_limit,
        "max_jobs_per_day": key.max_jobs_per_day,
        "max_audio_s_per_day": key.max_audio_s_per_day,
        "created_at": to_rfc3339(key.created_at),
        "expires_at": to_rfc3339(key.expires_at),
        "revoked_at": to_rfc3339(key.revoked_at),
        "last_used_at": to_rfc3339(key.last_used_at),
        "replaced_by": key.replaced_by,
    }


def _row(key: ApiKey) -> list[str]:
    role = ",".join(key.permissions) if key.role is None else key.role
    times = (to_rfc3339(time) or "" for time in (key.created_at, key.expires_at, key.last_used_at))
    limits = (key.rate_limit or "", _of_a_day(key))
    return [key.id, key.tenant, role, key.state, *times, *limits, key.name]


def _of_a_day(key: ApiKey) -> str:
    jobs, audio_s = key.max_jobs_per_day, key.max_audio_s_per_day
    quotas = (
        None if jobs is None else f"{jobs} jobs",
        None if audio_s is None else f"{audio_s:g} s",
    )
    return ", ".join(one for one in quotas if one is not None)
