"""The search for words of transcripts, and who may use it."""

from collections.abc import Mapping, Sequence

from whisperfarm_contract.job import Job
from whisperfarm_contract.permissions import Permission
from whisperfarm_contract.problems import InvalidOption
from whisperfarm_dispatcher.api.caller import Caller
from whisperfarm_dispatcher.api.excerpts import excerpt
from whisperfarm_dispatcher.dependencies import Dependencies
from whisperfarm_store.ledger import TextQuery, read_query


def read_text_query(deps: Dependencies, caller: Caller, text: str) -> TextQuery:
    """Return the query of a caller who may read all that is indexed.

    Raises `PermissionDenied`, and `InvalidOption` if the farm has no index or the text no word.
    """
    caller.check_permission(Permission.READ_TRANSCRIPTIONS)
    if not deps.settings.search:
        raise InvalidOption(
            "text: this farm does not index transcripts; its operator sets WHISPERFARM_SEARCH"
        )
    try:
        return read_query(text)
    except ValueError as error:
        raise InvalidOption(f"text: {error}") from None


def excerpts(deps: Dependencies, jobs: Sequence[Job], query: TextQuery | None) -> Mapping[str, str]:
    """Return the excerpts of jobs that the query has found, by their ids."""
    if query is None or not jobs:
        return {}
    texts = deps.ledger.texts.matching([job.id for job in jobs], query)
    return {job_id: excerpt(text, query) for job_id, text in texts.items()}
