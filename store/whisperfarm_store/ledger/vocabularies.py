"""Vocabularies: each tenant's named lists of words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, select

from whisperfarm_contract.problems import VocabularyNotFound
from whisperfarm_store.ledger.db.clock import now_s
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.db.tables import vocabularies
from whisperfarm_store.ledger.db.upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A named list of words and phrases."""

    name: str
    words: tuple[str, ...]
    updated_at: float


class Vocabularies:
    """The vocabularies of all tenants, each in one row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, tenant: str, name: str, words: Sequence[str]) -> Vocabulary:
        """Store the words under this name, in place of earlier ones."""
        values = {"words": list(words), "updated_at": now_s()}
        with self._database.write() as connection:
            statement = upsert(connection, vocabularies).values(tenant=tenant, name=name, **values)
            upserted = statement.on_conflict_do_update(
                index_elements=["tenant", "name"], set_=values
            )
            return _vocabulary_of(connection.execute(upserted.returning(*vocabularies.c)).one())

    def get(self, tenant: str, name: str) -> Vocabulary:
        """Return the vocabulary. Raises `VocabularyNotFound`."""
        query = select(vocabularies).where(
            vocabularies.c.tenant == tenant, vocabularies.c.name == name
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise _not_found(name)
        return _vocabulary_of(row)

    def list(self, tenant: str) -> list[Vocabulary]:
        """Return all vocabularies of the tenant, by name."""
        query = select(vocabularies).where(vocabularies.c.tenant == tenant)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(vocabularies.c.name))
            return [_vocabulary_of(row) for row in rows]

    def delete(self, tenant: str, name: str) -> None:
        """Delete the vocabulary. Raises `VocabularyNotFound`."""
        statement = delete(vocabularies).where(
            vocabularies.c.tenant == tenant, vocabularies.c.name == name
        )
        with self._database.write() as connection:
            found = connection.scalar(statement.returning(vocabularies.c.name))
        if found is None:
            raise _not_found(name)


def _not_found(name: str) -> VocabularyNotFound:
    return VocabularyNotFound(
        f"there is no vocabulary {name!r}; store it by PUT /v1/vocabularies/{name}"
    )


def _vocabulary_of(row: Row[Any]) -> Vocabulary:
    return Vocabulary(name=row.name, words=tuple(row.words), updated_at=row.updated_at)
