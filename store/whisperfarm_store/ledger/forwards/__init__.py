"""Forwards of jobs to a hub farm: what is to be sent, by whom, and what came of it.

- `forward`: one forward, and how many there are
- `forwards`: claims them under a lease and records the outcomes
- `statements`: which forward is due, and who may change it
- `updates`: what an outcome changes
- `totals`: counts them
"""

from whisperfarm_store.ledger.forwards.forward import Forward, ForwardTotals
from whisperfarm_store.ledger.forwards.forwards import Forwards

__all__ = ["Forward", "ForwardTotals", "Forwards"]
