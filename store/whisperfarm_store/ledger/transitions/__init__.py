"""The statements that change a job's state, all of them in the caller's transaction.

- `statement`: the conditional UPDATE behind every transition, also of `Attempts.claim`
- `submit`: new jobs
- `attempt_end`: the ways in which an attempt ends
- `finish`: final states
- `revise`: revisions of the transcript of a job that has succeeded
- `event_callbacks`: the callbacks that ends and revisions create
- `cancel`: a caller's request to cancel
- `rescue`: jobs whose deadline passed or whose worker was lost
"""
