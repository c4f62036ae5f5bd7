"""Full-text search of transcripts, the same in every database: words are found here.

- `terms`: the words of a text in the form in which they are compared
- `text_query`: what a caller searches for, in the syntax of each database
- `parts`: the text of a transcript as rows
- `matches`: the rows that a query finds
- `texts`: writes and removes the rows
"""

from whisperfarm_store.ledger.search.terms import pieces
from whisperfarm_store.ledger.search.text_query import MAX_QUERY_CHARS, TextQuery, read_query
from whisperfarm_store.ledger.search.texts import Texts

__all__ = ["MAX_QUERY_CHARS", "TextQuery", "Texts", "pieces", "read_query"]
