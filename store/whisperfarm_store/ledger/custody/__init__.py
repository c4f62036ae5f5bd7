"""The chain of custody in the ledger.

- `append`: adds an entry, in the transaction of what the entry describes
- `bodies`: what the entries of each kind have
- `chains`: reads the chain of a job, and erases its personal values
- `roots`: covers chains with numbered roots
- `audit`: everything that a verification reads
"""

from whisperfarm_store.ledger.custody.append import append_entry, is_kept
from whisperfarm_store.ledger.custody.audit import Audit, ChainRow, LeafRow
from whisperfarm_store.ledger.custody.bodies import UNKNOWN_ORIGIN, Origin
from whisperfarm_store.ledger.custody.chains import Chain, Custody, erase_personal
from whisperfarm_store.ledger.custody.roots import MAX_CHAINS, Roots

__all__ = [
    "MAX_CHAINS",
    "UNKNOWN_ORIGIN",
    "Audit",
    "Chain",
    "ChainRow",
    "Custody",
    "LeafRow",
    "Origin",
    "Roots",
    "append_entry",
    "erase_personal",
    "is_kept",
]
