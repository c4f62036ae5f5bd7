"""Additions: finished transcripts go to analyses of the operator, whose answers are kept.

An addition is a callback of the protocol `addition`: the ledger decides when it is due and repeats
it. The answer is a blob beside the transcripts of the job, which it never changes.

- `targets`: the analyses that the settings name
- `check`: refuses jobs that ask for an unknown one
- `request`: what an analysis gets, and the check of what it answers
- `http`: asks a service at a URL
- `entry_point`, `child`: calls a Python function in a process of its own
- `sender`: makes one addition and stores it
"""
