"""The dispatcher: accepts jobs, hands them to workers, and answers callers.

- `api`: HTTP
- `amqp`: messages of RabbitMQ
- `submission`: from a request to a job in the ledger
- `maintenance`: background tasks: dispatch, rescue, retention
- `callbacks`: notifies callers that a job has ended
- `egress`: connections to addresses that callers chose
- `app`, `server`, `dependencies`, `wiring`, `settings`: how these are put together
- `readiness`, `ledger_metrics`: what a monitoring system asks
"""
