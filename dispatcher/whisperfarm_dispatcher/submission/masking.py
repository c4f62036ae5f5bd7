"""Masks what a request says of a job whose caller has the originals destroyed.

This is done before the job is stored and before its fingerprint is made, so that the same request
finds its job again, and the fingerprint has nothing of the data.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from whisperfarm_contract.job_labels import MAX_REFERENCE_CHARS, JobLabels
from whisperfarm_contract.options import Options
from whisperfarm_dispatcher.submission.job_request import JobRequest
from whisperfarm_store.ledger.custody.bodies import TEXT_OPTIONS
from whisperfarm_store.redaction.kinds import Kinds, read_kinds
from whisperfarm_store.redaction.originals import kinds_to_destroy, mask_text, mask_value, numbered

_NAMES = ("channel_names", "leg_name")


def mask_request(parsed: JobRequest, known: Kinds) -> JobRequest:
    """Return the request with data masked in its texts, or unchanged if the originals are kept.

    Raises `InvalidOption` for a kind of data that this farm does not know.
    """
    if parsed.options.redact is not None:
        # `all` is named kind by kind: a worker that knows fewer then fails the job.
        named = ",".join(sorted(read_kinds(parsed.options.redact, known)))
        parsed = replace(parsed, options=replace(parsed.options, redact=named))
    kinds = kinds_to_destroy(parsed.options, known)
    if not kinds:
        return parsed
    options, labels = _mask_options(parsed.options, kinds), _mask_labels(parsed.labels, kinds)
    return replace(parsed, options=options, labels=labels)


def mask_filename(filename: str, options: Options, known: Kinds) -> str:
    """Return the name of the recording, masked like the texts of the request."""
    return mask_text(filename, kinds_to_destroy(options, known))


def mask_fields(fields: Mapping[str, Any], masked: JobRequest) -> dict[str, Any]:
    """Return the fields of a request with the texts of the masked one, to store them."""
    texts = {**masked.options.to_wire(), **masked.labels.to_wire()}
    names = (*TEXT_OPTIONS, "redact", "reference", "metadata")
    return {**fields, **{name: texts[name] for name in names if name in fields and name in texts}}


def _mask_options(options: Options, kinds: Kinds) -> Options:
    given = {name: getattr(options, name) for name in sorted(TEXT_OPTIONS)}
    masked: dict[str, Any] = {
        name: _mask_names(text, kinds) if name in _NAMES else mask_text(text, kinds)
        for name, text in given.items()
        if text is not None
    }
    return replace(options, **masked)


def _mask_names(names: str, kinds: Kinds) -> str:
    """Mask each name of a list by itself; those that become equal get a number."""
    masked: list[str] = []
    for name in names.split(","):
        masked.append(numbered(mask_text(name, kinds), masked) if name else "")
    return ",".join(masked)


def _mask_labels(labels: JobLabels, kinds: Kinds) -> JobLabels:
    reference, metadata = labels.reference, labels.metadata
    if reference is not None:
        reference = mask_text(reference, kinds)[:MAX_REFERENCE_CHARS]
    return replace(labels, reference=reference, metadata=mask_value(metadata, kinds))
