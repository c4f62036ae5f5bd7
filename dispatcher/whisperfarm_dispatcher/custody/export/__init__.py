"""Keeps roots where those who can write the database cannot write.

- `targets`: a folder, or a bucket of S3 with object lock
- `timestamp`: a time authority, which signs when a root existed
- `export`: exports what the target does not have yet
- `wiring`: builds the export from the settings
"""

from whisperfarm_dispatcher.custody.export.export import EXPORT_INTERVAL_S, root_file
from whisperfarm_dispatcher.custody.export.wiring import build_export

__all__ = ["EXPORT_INTERVAL_S", "build_export", "root_file"]
