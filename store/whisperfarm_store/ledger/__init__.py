"""The ledger: the only truth about jobs.

- `ledger`: what can be done, one line each
- `insertion`, `attempts`, `cancelling`, `release`, `rescue`, `backlog`, `retention`, `pages`,
  `callbacks`, `workers`: how it is done
- `endings`: the one way into a final state, which notes who is to be told
- `cache`: transcripts that were made before
- `quarantine`: jobs under which workers died
- `moves`: what becomes of a job that lost its attempt, decided without a database
- `statements`: the conditional updates that every move of a job is made of
- `tables`, `rows`, `clock`, `upsert`, `engine`, `faults`: the database below
- `migration`, `migrations`: how the tables came to be
"""

from whisperfarm_store.ledger.backlog import Drained, Load, Share
from whisperfarm_store.ledger.cache import Cached
from whisperfarm_store.ledger.callbacks import Callback, Outcome
from whisperfarm_store.ledger.ledger import Ledger, open_ledger
from whisperfarm_store.ledger.retention import Swept
from whisperfarm_store.ledger.submit import Idempotency
from whisperfarm_store.ledger.transitions.attempts import LeaseLost, Pulse
from whisperfarm_store.ledger.workers import WorkerSign

__all__ = [
    "Cached",
    "Callback",
    "Drained",
    "Idempotency",
    "LeaseLost",
    "Ledger",
    "Load",
    "Outcome",
    "Pulse",
    "Share",
    "Swept",
    "WorkerSign",
    "open_ledger",
]
