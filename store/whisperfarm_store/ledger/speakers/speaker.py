"""An enrolled voice."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from whisperfarm_contract.enrolment import Enrolment
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.tables import speakers


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """An enrolled voice, without its embedding."""

    id: str
    name: str
    consent: str
    job: str
    speaker: str
    model: str
    speech_s: float
    enrolled_by: str
    enrolled_at: float
    expires_at: float | None

    def answers(self, wanted: Enrolment) -> bool:
        """Whether the voice is enrolled as a caller asks for."""
        own = (self.name, self.consent, self.expires_at)
        return own == (wanted.name, wanted.consent, wanted.expires_at)


def is_valid() -> ColumnElement[bool]:
    """Return the condition that a voice has not expired."""
    return or_(speakers.c.expires_at.is_(None), speakers.c.expires_at > now_s())


def speaker_of(row: Row[Any]) -> Speaker:
    """Return the speaker of a row."""
    return Speaker(**{name: getattr(row, name) for name in Speaker.__dataclass_fields__})
