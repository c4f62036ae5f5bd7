"""Supervises the processes of `whisperfarm up`.

- `supervisor`: starts, restarts and stops them
- `backoff`: the delay before a restart
- `parent_watch`: ends a child process when its supervisor ends
"""
