"""The chain of custody: what a recording's entries look like, and how they are verified.

Needs the standard library alone, so that anyone can check it.

- `canonical`: the text of a JSON value that is hashed and signed
- `kinds`, `entry`, `chain`: one entry, and the chain of all entries of a job
- `commitment`: personal values, which stand in entries as hashes
- `document`: the chain of one job as a file
- `merkle`, `root`: the hash over the chains of many jobs
"""

from whisperfarm_contract.custody.canonical import canonical
from whisperfarm_contract.custody.chain import find_break
from whisperfarm_contract.custody.commitment import Opening, commit
from whisperfarm_contract.custody.document import custody_document, read_document
from whisperfarm_contract.custody.entry import NO_PREVIOUS, Entry, new_entry
from whisperfarm_contract.custody.kinds import Kind

__all__ = [
    "NO_PREVIOUS",
    "Entry",
    "Kind",
    "Opening",
    "canonical",
    "commit",
    "custody_document",
    "find_break",
    "new_entry",
    "read_document",
]
