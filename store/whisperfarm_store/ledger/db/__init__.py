"""The database below the ledger: SQLite or PostgreSQL.

- `sqlalchemy_engine`: connects, and sets each database up for many processes
- `tables`, `migration`, `migrations`: the tables, and how a database gets them
- `clock`, `upsert`: SQL that differs between the two
- `errors`: database errors as problems
"""
