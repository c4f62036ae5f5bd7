"""The form of master keys in a file: lines with an id and 32 bytes in base64."""

import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator

from whisperfarm_contract.problems import InvalidSettings
from whisperfarm_store.blobs.encryption.header import MAX_KEY_ID_LENGTH
from whisperfarm_store.blobs.encryption.keyring import KEY_BYTES, Keyring, MasterKey

_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_KEY_ID_LENGTH - 1}}}")


def new_key(key_id: str) -> str:
    """Return a new key as a line. Raises `ValueError` for an invalid id."""
    if not _ID.fullmatch(key_id):
        raise ValueError(
            f"{key_id!r} cannot be the id of a key; use up to {MAX_KEY_ID_LENGTH} letters, digits,"
            " . _ and -, with a letter or a digit first"
        )
    return f"{key_id} {b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def parse(text: str, *, named_by: str) -> Keyring:
    """Return the keys of all lines; `#` starts a comment.

    Raises `InvalidSettings` with the setting `named_by` and never with a key.
    """
    keys = list(_parse_lines(text, named_by))
    if not keys:
        raise InvalidSettings(f"{named_by}: no key; `whisperfarm encryption new-key` makes one")
    if len({key.id for key in keys}) < len(keys):
        raise InvalidSettings(f"{named_by}: two keys have the same id; give each its own")
    return Keyring(keys)


def _parse_lines(text: str, named_by: str) -> Iterator[MasterKey]:
    for number, line in enumerate(text.splitlines(), 1):
        if words := line.partition("#")[0].split():
            key = _parse_words(words)
            if key is None:
                raise InvalidSettings(
                    f"{named_by}: line {number} is not an id and {KEY_BYTES} bytes in base64;"
                    " `whisperfarm encryption new-key` prints such a line"
                )
            yield key


def _parse_words(words: list[str]) -> MasterKey | None:
    try:
        key_id, encoded = words
        secret = b64decode(encoded, validate=True)
    except ValueError:
        return None
    is_valid = len(secret) == KEY_BYTES and _ID.fullmatch(key_id)
    return MasterKey(key_id, secret) if is_valid else None
