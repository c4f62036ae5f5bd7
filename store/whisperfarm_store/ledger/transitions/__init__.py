"""Every change of a job's state, and nothing else may write `jobs.state`.

- `statement`: the conditional UPDATE that all of them are made of
- `attempts`: claim, heartbeat, and the ways in which an attempt ends
- `finish`: the final states, with the callbacks that they cause
- `cancel`: a caller's request to cancel
"""
