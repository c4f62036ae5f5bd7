"""The rows of the index that a query finds."""

from sqlalchemy import ColumnElement, Connection, cast, column, literal, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY

from whisperfarm_store.ledger.db.tables import transcript_texts
from whisperfarm_store.ledger.search.text_query import TextQuery

_fts5 = table("transcript_terms", column("rowid"))


def is_match(connection: Connection, query: TextQuery) -> ColumnElement[bool]:
    """Return the condition on rows of `transcript_texts`."""
    if connection.dialect.name == "postgresql":
        wanted = cast(literal(query.to_tsquery()), TSQUERY)
        return transcript_texts.c.terms.bool_op("@@")(wanted)
    found = select(_fts5.c.rowid).where(text("transcript_terms MATCH :wanted"))
    return transcript_texts.c.id.in_(found.params(wanted=query.to_fts5()))
