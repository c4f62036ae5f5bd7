"""`whisperfarm models pull`: downloads, checks and installs missing models.

- `planned_file`, `plan`: which files to pull or check
- `free_space`: whether the disk can hold them
- `downloads`: concurrent downloads
- `models_folder`: lock and inventory of the folder
- `run`: one pull
"""

from whisperfarm_models.pull.run import pull

__all__ = ["pull"]
