"""Telling those who asked that a job has ended.

- `secrets`, `promise`: whom callbacks are signed for, and which are taken at accept
- `schedule`: when to try again
- `http`, `queues`: one try
- `delivery`: which tries are made, and by whom
"""
