"""The statements that change a job's state, all of them in the caller's transaction.

- `statement`: the conditional UPDATE behind every transition, also of `Attempts.claim`
- `submit`: new jobs
- `attempt_end`: the ways in which an attempt ends
- `finish`: final states
- `revise`: revisions of the transcript of a job that has succeeded
- `event_callbacks`: the callbacks that ends and revisions create
- `hold`, `erase`, `own_days`: legal holds, deletions of blobs, and when the days of a job end
- `originals`: destroys recordings of which only the redacted one stays
- `forward`: what is sent of a job to a hub, and withdrawn
- `cancel`: a caller's request to cancel
- `rescue`: jobs whose deadline passed or whose worker was lost
"""
