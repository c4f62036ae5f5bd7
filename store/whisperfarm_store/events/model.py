"""The models of a worker."""

from logging import DEBUG, INFO, WARNING

from whisperfarm_store.events.event import WORKER, event


@event(DEBUG, WORKER)
def cached(*, kind: str, model: str) -> None:
    """A model was needed that is loaded already."""


# Scripts of earlier deployments search the log for this sentence.
@event(INFO, WORKER, name="Model loaded successfully")
def loaded(*, kind: str, model: str, took_s: float) -> None:
    """A model was loaded."""


@event(WARNING, WORKER)
def sentence_data_missing(*, language: str) -> None:
    """NLTK has no data to find the sentences of this language; English is tried, then none."""
