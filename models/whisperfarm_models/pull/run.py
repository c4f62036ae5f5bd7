"""Pulls models into the models folder."""

from collections.abc import Iterable

from urllib3.util import Retry

from whisperfarm_models.folder_layout import InstallLayout
from whisperfarm_models.inventory import Model
from whisperfarm_models.lockfile import ModelLock
from whisperfarm_models.progress import NoProgress, PullProgress
from whisperfarm_models.pull import models_folder
from whisperfarm_models.pull.downloads import Downloads
from whisperfarm_models.pull.free_space import check_free_space
from whisperfarm_models.pull.plan import plan
from whisperfarm_models.sources.port import Source
from whisperfarm_models.sources.retries import default_retry
from whisperfarm_store.fsync import make_folder


def pull(
    models: Iterable[Model],
    *,
    source: Source,
    layout: InstallLayout,
    concurrency: int = 4,
    progress: PullProgress | None = None,
    retries: Retry | None = None,
) -> ModelLock:
    """Pull the models and pin them in `model_inventory.json`. Returns the inventory.

    Installed files that are correct are kept. Concurrent pulls into one folder wait for each other.
    A pull that was killed is resumed by the next.

    Parameters:
        source: where the models come from
        layout: where they are installed
        concurrency: number of concurrent downloads
        retries: how often a source is retried, and after which pauses

    Raises `MissingModel`, `ModelIntegrityError`, `ModelSourceError` and `StorageFull`.
    """
    progress = progress or NoProgress()
    make_folder(layout.root)
    with models_folder.exclusive(layout.root, progress):
        planned = plan([one for one in models if one.origin != "package"], source, layout)
        check_free_space(planned, layout)
        downloads = Downloads(source, layout, progress, retries or default_retry())
        locked = models_folder.update_lock(
            layout.root, source.name, downloads.run(planned, concurrency)
        )
        models_folder.delete_partial_files(layout)
    return locked
