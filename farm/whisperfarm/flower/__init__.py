"""Flower, Celery's dashboard, set up for this farm.

The library of the same name is imported by `page` alone.

- `page`: the process
- `settings`, `summary`: its settings; a task in one line
"""
