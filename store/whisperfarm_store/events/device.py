"""The device that the models run on."""

from logging import DEBUG

from whisperfarm_store.events.event import WORKER, event


@event(DEBUG, WORKER)
def called(*, took_s: float) -> None:
    """A thread called a model and held a slot of the device for `took_s` seconds."""
