"""Callbacks: notifies callers that a job has ended, over HTTP or AMQP, until they confirm it.

- `delivery`: takes due callbacks from the ledger and sends them
- `http`, `amqp`, `senders`: send one callback over HTTP or AMQP
- `schedule`: when to try again
- `secrets`: the secrets that sign HTTP callbacks
- `transcripts`: adds the transcript, or a link to it, to the event for a reply queue
"""
