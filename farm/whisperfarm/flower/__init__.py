"""Flower, a page that shows Celery's workers and tasks, set up for this farm.

Called `whisperfarm.flower` and not to be mistaken for the library of that name, which `page` uses.
"""
