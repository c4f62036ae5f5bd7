"""The database below the ledger: SQLite or PostgreSQL.

- `sqlalchemy_engine`: connects, and configures each database for concurrent processes
- `tables`, `migration`, `migrations`: the tables, and how they are created and changed
- `clock`, `upsert`: SQL that differs between the two
- `errors`: converts database errors to problems
"""
