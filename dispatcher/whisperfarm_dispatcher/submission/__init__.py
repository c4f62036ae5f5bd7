"""Turns a request into a job in the ledger. The HTTP API and the AMQP ingress both end here.

- `submit`: the one call
- `job_request`, `checks`, `filenames`, `callback_check`: validate options, audio and addresses
- `download`: reads the recordings at addresses that the caller named
- `storage`, `lazy_file`, `sliced_file`, `threads`: store the recording while it arrives
- `inner_digest`: the hash of a recording that a second header precedes
- `leg_recorder`, `leg_blocks`, `leg_checks`: several recordings of one call
- `probe`, `wav_length`, `ogg_length`, `frame_estimate`: measure or estimate its duration
- `masking`: masks what a request says, if the originals are to be destroyed
- `vocabulary`: adds the words of the named vocabulary
- `lane_limits`: limits the lanes that a tenant may use
- `tenant_days`: limits the days that a tenant's recordings and transcripts are kept
- `pauses`: refuses jobs while the farm or their preset is paused
- `quota`, `backlog`: limit unfinished work, and estimate a job's position in the queue
- `daily_quota`, `daily_account`, `daily_quotas`: limit what a tenant or a key submits in a day
- `resubmit`: runs a job that failed or was cancelled again as a new job
- `job_ids`: ids of new jobs
"""
