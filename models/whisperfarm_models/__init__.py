"""The package manager for models: finds, pulls and verifies the models that presets need.

Nothing here imports an engine, so `whisperfarm models list` and `doctor` start quickly.

- `inventory`, `inventory_table`, `known_models`, `languages`, `engine_spec`: known models and
  engines
- `requirements`, `search_path`, `folder_layout`, `files`: files of a preset, and where they are
- `pull`, `download`, `sources`, `progress`: download models
- `archive`, `unpacking`, `install`: move downloads into the models folder
- `digests`, `lockfile`, `verify`, `fingerprint`: check and identify files
- `settings`: settings of these
- `installed`: which models of a profile can run on this machine
"""

from whisperfarm_models.requirements import RequiredFile, Requirement, check, requirements_of
from whisperfarm_models.search_path import ModelPaths, model_paths

__all__ = ["ModelPaths", "RequiredFile", "Requirement", "check", "model_paths", "requirements_of"]
