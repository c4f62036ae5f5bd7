"""Ids of new jobs."""

import uuid6


def new_job_id() -> str:
    """A UUID of version 7: ids sort by the time at which they were made."""
    return str(uuid6.uuid7())
