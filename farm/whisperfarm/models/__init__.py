"""Helpers of `whisperfarm models`.

- `served`: what the served presets need
- `load_times`: how long each model takes to load
- `pull_progress`: progress on a terminal
"""
