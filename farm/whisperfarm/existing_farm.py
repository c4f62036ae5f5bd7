"""The ledger of a farm that exists, for commands that must not make one.

Only `up`, `dispatcher`, `worker`, `migrate` and `restore` make a ledger, and `doctor` to check that
one can be made. For every other command, a data folder without one is a wrong folder.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.ledger import Ledger, open_ledger
from whisperfarm_store.settings import StoreSettings


@contextmanager
def existing_ledger(settings: StoreSettings) -> Iterator[Ledger]:
    """Open the ledger of the settings for the block.

    Raises `InvalidSettings`, without any change, if it does not exist or has no tables.
    """
    url = settings.resolved_database_url
    with closing(open_ledger(url, custody=settings.custody)) as ledger:
        ledger.require_tables()
        yield ledger


def require_folder(folder: Path | None, *, farm: Path) -> None:
    """Raise `InvalidSettings` if this folder of the farm in the data folder `farm` does not
    exist."""
    if folder is not None and not folder.is_dir():
        raise InvalidSettings(
            f"there is no farm in {farm}; name its folder with --data-dir (or WHISPERFARM_DATA_DIR)"
        )
