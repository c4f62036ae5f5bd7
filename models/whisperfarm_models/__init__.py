"""The package manager for models: what presets need, where it lies, how it is fetched and verified.

Nothing here imports an engine, so `whisperfarm models list` and `doctor` start quickly.

- `inventory`, `known_models`, `languages`, `engine_spec`: which models exist, and who needs them
- `requirements`, `search_path`, `folder_layout`, `files`: files of a preset, and where they lie
- `pull`, `download`, `sources`, `progress`: fetching them
- `archive`, `unpacking`, `install`: from a download to its final place
- `digests`, `lockfile`, `verify`, `fingerprint`: whether they are the right ones
- `settings`: the settings of all this
"""

from whisperfarm_models.requirements import Need, NeededFile, check, needs
from whisperfarm_models.search_path import Places, places

__all__ = ["Need", "NeededFile", "Places", "check", "needs", "places"]
