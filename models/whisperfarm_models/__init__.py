"""The models that presets name: where they lie, and which of their files are there.

Nothing here imports a library of models, so `whisperfarm models list` and `doctor` are quick.
"""

from whisperfarm_models.requirements import Need, NeededFile, check, needs
from whisperfarm_models.search_path import Places, places

__all__ = ["Need", "NeededFile", "Places", "check", "needs", "places"]
