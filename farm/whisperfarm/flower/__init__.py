"""Flower, the dashboard of Celery, configured for the farm.

Only `page` imports the library of the same name.

- `page`: the web application
- `settings`, `summary`: its settings; what is shown of a task
"""
