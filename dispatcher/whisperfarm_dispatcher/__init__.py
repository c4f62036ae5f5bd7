"""The dispatcher: takes jobs at its doors, keeps its promises about them, and hands out results.

- `doors`: how callers come in
- `accept`, `intake`, `probe`, `admission`: how a recording becomes a job
- `release`, `rescue`, `rounds`: how a job gets to a worker, and back when the worker is lost
- `waiting`, `results`: how a caller learns what became of it
- `app`, `server`, `wiring`, `parts`, `settings`: how all that is put together
"""
