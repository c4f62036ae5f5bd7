"""Distinguishes the two kinds of clients of `/transcribe`."""

from collections.abc import Collection

from whisperfarm_dispatcher.api.facades.linto.answers import MEDIA_TYPES

LINTO_FIELDS = frozenset({"transcriptionConfig", "force_sync"})


def is_linto(fields: Collection[str], accept: str | None, *, is_form: bool = True) -> bool:
    """Whether a client of LinTO sent a request with fields of these names.

    Its own fields decide, then any other field, which is an option of the farm. A form without
    fields is LinTO's if its `Accept` is exactly one of LinTO's media types, which LinTO requires.
    """
    if LINTO_FIELDS & set(fields):
        return True
    return is_form and not fields and accept in MEDIA_TYPES
