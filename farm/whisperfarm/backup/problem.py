"""The problem of a backup that cannot be used."""

from whisperfarm_contract.problems import ServerError


class BackupUnusable(ServerError):
    """A backup is not complete, or a file of it was changed."""

    name = "backup-unusable"
    exit_code = 65
