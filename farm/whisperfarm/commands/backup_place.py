"""The argument that names the place of a backup."""

from pathlib import Path
from typing import Any

import click

from whisperfarm.bucket_url import SCHEME
from whisperfarm.flags import select_farm
from whisperfarm_store.logs import configure_logs
from whisperfarm_store.settings import StoreSettings


class _Place(click.Path):
    """A folder, or the URL of a bucket."""

    def convert(self, value: Any, *context: Any) -> Any:
        if str(value).startswith(SCHEME):
            return value
        if "://" in str(value):
            self.fail(f"{value} is not supported; name a folder or s3://bucket/prefix", *context)
        return super().convert(value, *context)


place = click.argument(
    "place",
    metavar="FOLDER|s3://BUCKET/PREFIX",
    type=_Place(file_okay=False, resolve_path=True, path_type=Path),
)


def farm_settings(flag_values: dict[str, Any]) -> StoreSettings:
    """Return the settings of the farm that the flags name."""
    select_farm(flag_values)
    settings = StoreSettings()
    configure_logs("error", settings.log_format, component="backup")
    return settings
