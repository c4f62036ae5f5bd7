"""Ids of new jobs."""

import uuid6


def new_job_id() -> str:
    """Return a UUID of version 7: ids sort by creation time."""
    return str(uuid6.uuid7())
