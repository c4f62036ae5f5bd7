"""Masks the remark of a person."""

from whisperfarm_contract.revisions.correction import Remark
from whisperfarm_store.redaction.kinds import Kinds
from whisperfarm_store.redaction.originals import mask_text


def mask_remark(remark: Remark, kinds: Kinds) -> Remark:
    """Return the note and the tags with data of these kinds masked."""
    note = None if remark.note is None else mask_text(remark.note, kinds)
    return Remark(note=note, tags=tuple(mask_text(tag, kinds) for tag in remark.tags))
