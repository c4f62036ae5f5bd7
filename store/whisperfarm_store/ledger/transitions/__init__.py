"""All changes of a job's state. No other code writes `jobs.state`.

- `statement`: the conditional UPDATE behind every transition
- `attempts`: claim, heartbeat, and the ways in which an attempt ends
- `finish`: final states, and the callbacks that they create
- `cancel`: a caller's request to cancel
"""
