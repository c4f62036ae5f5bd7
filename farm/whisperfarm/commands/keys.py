"""`whisperfarm keys`: creates, lists, revokes and rotates the API keys of the ledger."""

from typing import Any

import click

from whisperfarm.existing_farm import existing_ledger
from whisperfarm.flags import flags, select_farm
from whisperfarm.keys.grant import read_grant
from whisperfarm.keys.output import print_keys, print_new_key
from whisperfarm.local_actor import local_actor
from whisperfarm.permissions import PermittedGroup
from whisperfarm.remote.output import format_flag
from whisperfarm_client.durations import seconds
from whisperfarm_contract.identifiers import DEFAULT_TENANT
from whisperfarm_contract.permissions import Permission, Role
from whisperfarm_dispatcher.settings import DispatcherSettings
from whisperfarm_store.settings import StoreSettings

MAX_JOBS_PER_DAY, MAX_AUDIO_S_PER_DAY = 10**12, 10**12
"""Largest quotas of a key: more than a farm can do."""

_ROLE_HELP = (
    f"What the key permits: {', '.join(Role)}, or a role of WHISPERFARM_ROLES_FILE."
    f"  [default: {Role.CALLER}]"
)


@click.group(cls=PermittedGroup)
def keys() -> None:
    """Create, list, revoke and rotate API keys.

    These commands work with the ledger of a farm, on a machine that has its settings. Dispatchers
    accept the keys if they require one: with WHISPERFARM_REQUIRE_KEY=true, or with keys in
    WHISPERFARM_API_KEYS or WHISPERFARM_OPERATOR_KEYS.
    """


@keys.command()
@click.option(
    "--tenant", default=DEFAULT_TENANT, show_default=True, help="The tenant that the key is for."
)
@click.option("--role", help=_ROLE_HELP)
@click.option(
    "--permission", "permissions", multiple=True, type=click.Choice(list(map(str, Permission))),
    help="Permit this instead of a role; may be given several times.",
)  # fmt: skip
@click.option("--name", default="", help="What the key is for, such as the name of a machine.")
@click.option(
    "--days", type=click.FloatRange(min=0, min_open=True), metavar="N",
    help="Let the key expire after N days.  [default: never]",
)  # fmt: skip
@click.option("--rate", metavar="LIMIT", help="Limit the requests with the key, such as 20/second.")
@click.option(
    "--max-jobs-per-day",
    type=click.IntRange(1, MAX_JOBS_PER_DAY),
    metavar="N",
    help="Limit the jobs that are submitted with the key in a day (UTC).",
)
@click.option(
    "--max-audio-seconds-per-day", "max_audio_s_per_day", metavar="S",
    type=click.IntRange(1, MAX_AUDIO_S_PER_DAY),
    help="Limit the seconds of audio that are submitted with the key in a day (UTC).",
)  # fmt: skip
@format_flag
@flags("data_dir")
def create(  # noqa: PLR0917 - click passes them by name
    tenant: str,
    role: str | None,
    permissions: tuple[str, ...],
    name: str,
    days: float | None,
    rate: str | None,
    max_jobs_per_day: int | None,
    max_audio_s_per_day: int | None,
    output_format: str,
    **flag_values: Any,
) -> None:
    """Create a key, and print it.

    The key alone is on standard output, and is not shown again: the ledger has its digest only.

    \b
      whisperfarm keys create --tenant north --name siprec-1 --role submitter > siprec-1.key
      whisperfarm keys create --tenant north --role analyst --days 90
      whisperfarm keys create --tenant north --max-jobs-per-day 5000
    """
    select_farm(flag_values)
    settings = DispatcherSettings()
    grant = read_grant(
        tenant=tenant,
        role=role,
        permissions=permissions,
        name=name,
        days=days,
        rate=rate,
        max_jobs_per_day=max_jobs_per_day,
        max_audio_s_per_day=max_audio_s_per_day,
        roles=settings.roles,
    )
    with existing_ledger(settings) as ledger:
        created = ledger.api_keys.create(grant, by=local_actor())
    print_new_key(*created, output_format)


@keys.command("list")
@click.option("--tenant", help="List the keys of this tenant only.")
@format_flag
@flags("data_dir")
def list_keys(tenant: str | None, output_format: str, **flag_values: Any) -> None:
    """List the keys of the ledger, with their last use.

    Uses are recorded once a minute. Keys in the settings are not listed.
    """
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        print_keys(ledger.api_keys.list(tenant), output_format)


@keys.command()
@click.argument("key_ids", metavar="KEY...", nargs=-1, required=True)
@format_flag
@flags("data_dir")
def revoke(key_ids: tuple[str, ...], output_format: str, **flag_values: Any) -> None:
    """Revoke keys by their ids.

    All dispatchers refuse them within two seconds. Jobs that were submitted with them go on.
    """
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        revoked = [ledger.api_keys.revoke(key_id, by=local_actor()) for key_id in key_ids]
    print_keys(revoked, output_format)


@keys.command()
@click.argument("key_id", metavar="KEY")
@click.option(
    "--grace", default="1h", show_default=True, metavar="DURATION",
    help="How long the old key is accepted beside the new one, such as 90, 10m or 24h.",
)  # fmt: skip
@format_flag
@flags("data_dir")
def rotate(key_id: str, grace: str, output_format: str, **flag_values: Any) -> None:
    """Replace a key by a new one, and print the new one.

    The new key has the same tenant, role, name, limits and lifetime. Its quotas of the day are
    unused.
    """
    grace_s = _duration_s(grace)
    select_farm(flag_values)
    with existing_ledger(StoreSettings()) as ledger:
        rotated = ledger.api_keys.rotate(key_id, grace_s=grace_s, by=local_actor())
    print_new_key(*rotated, output_format)


def _duration_s(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--grace") from None
