"""The worker: takes jobs from the broker and turns recordings into transcripts.

- `process`: the process: start, consumer, drain, registration
- `attempt`: one attempt at one job: lease, retry, settlement
- `pipeline`: from a file to a transcript
- `engines`: the models
- `redaction`: the redacted copy of a recording
- `deletion_cost`: says which worker Kubernetes should remove first
- `local`: the pipeline without a farm, for the demo and for checks
- `settings`: the settings of a worker

Importing this package is cheap. Libraries of models are imported where they are first needed, after
`process.environment.set_offline` has switched off their use of the network.
"""
