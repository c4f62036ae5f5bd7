"""From a request to a job in the ledger. HTTP and AMQP both end in `submit`.

- `submit`: the one call
- `job_request`, `checks`, `filenames`, `callback_check`: options, audio and addresses are valid
- `storage`, `lazy_file`, `probe`: the recording is stored while it comes in; how long it is
- `quota`, `backlog`: whether there is room for it, and its place in the queue
- `resubmit`: a quarantined job as a new one
- `job_ids`: ids of new jobs
"""
