"""The processes that `whisperfarm up` starts.

- `supervisor`: starts, restarts and stops them
- `backoff`: how long to wait before a restart
- `parent_watch`: a child ends when its supervisor does
"""
