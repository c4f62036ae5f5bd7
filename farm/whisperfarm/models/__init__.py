"""Helpers of `whisperfarm models`.

- `served`: the models that the served presets need
- `load_times`: the time that each model takes to load
- `pull_progress`: the progress of a pull on a terminal
"""
