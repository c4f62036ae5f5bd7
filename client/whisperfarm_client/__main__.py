"""Entry point of `python -m whisperfarm_client` and of the single file `whisper-remote`.

The syntax is old on purpose: an old Python must be able to run the version check.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "whisper-remote: invalid-settings: Python %s is too old; use 3.11 or newer (%s)\n"  # noqa: UP031
        % (sys.version.split()[0], sys.executable)
    )
    sys.exit(78)

from whisperfarm_client.command import main

sys.exit(main())
