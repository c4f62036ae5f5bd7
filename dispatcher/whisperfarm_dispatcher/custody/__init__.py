"""Signed documents of the chain of custody.

- `keys`: the farm's key, and the public keys that a verification accepts
- `exports`: records what is sent in the chains of custody
- `export`: keeps roots in another place
- `documents`: the chain of a job as a signed document, and signed roots
"""

from whisperfarm_dispatcher.custody.documents import job_document, make_root, signer
from whisperfarm_dispatcher.custody.keys import (
    PublicKeys,
    SigningKey,
    read_public_keys,
    read_signing_key,
    write_key,
)

__all__ = [
    "PublicKeys",
    "SigningKey",
    "job_document",
    "make_root",
    "read_public_keys",
    "read_signing_key",
    "signer",
    "write_key",
]
