"""Callbacks: notifies callers that a job has ended, over HTTP or AMQP, until they confirm it.

- `delivery`: takes due callbacks from the ledger and sends them
- `http`, `amqp`, `senders`: one try, by channel
- `schedule`: when to try again
- `secrets`: what HTTP callbacks are signed with
"""
