"""The dispatcher: accepts jobs, dispatches them to workers, and answers callers.

- `api`: the HTTP API
- `page`: the page for people
- `amqp`: the AMQP ingress (RabbitMQ)
- `submission`: from a request to a job in the ledger
- `order`: the policy: which queued jobs are dispatched next
- `maintenance`: background tasks: dispatch, rescue, retention
- `revisions`: corrections and approvals of transcripts
- `callbacks`: notifies callers that a job has ended, or that its transcript was revised
- `additions`: analyses of finished transcripts by services and functions of the operator
- `transfers`: recordings that arrive in chunks
- `hub`: sends jobs to another farm, and takes its transcripts
- `custody`: signed documents of the chain of custody
- `egress`: connections to addresses that callers chose
- `app`, `server`, `listener`, `dependencies`, `wiring`, `settings`: put these together
- `configuration_audit`: adds changes of the configuration to the audit log
- `usage`: what tenants and their keys have used, as callers see it
- `readiness`, `ledger_metrics`: health checks and metrics
- `forced_exit`: ends a process that does not stop in time
"""
