"""Begins `python -m whisperfarm_client` and the one-file command `whisper-remote`.

The syntax is old on purpose: an old Python has to get far enough to say that it is too old.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.stderr.write(
        "whisper-remote: settings-wrong: Python 3.11 or newer is needed, this is %s (%s)\n"  # noqa: UP031
        % (sys.version.split()[0], sys.executable)
    )
    sys.exit(78)

from whisperfarm_client.command import main

sys.exit(main())
