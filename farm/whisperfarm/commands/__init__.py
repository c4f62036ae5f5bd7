"""The commands, one file each.

- `up`, `run`: a whole farm; one dispatcher or worker
- `demo`, `doctor`, `models`, `settings`: try it, check it, fetch models, list settings
- `migrate`, `quarantine`, `workers`: the ledger, quarantined jobs, workers
- `flower`: Celery's dashboard
"""
