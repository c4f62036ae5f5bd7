"""The database below the ledger: SQLite or PostgreSQL.

- `database`: read and write transactions
- `sqlalchemy_engine`: connects, and configures each database for concurrent processes
- `idle_ping`: finds broken connections before they are used
- `rows`: converts rows to jobs and back
- `tables`, `migration`, `migrations`: the tables, and how they are created and changed
- `append_only`: triggers that refuse changes of tables
- `full_text`: the index of the search
- `floats`: a column of floats
- `clock`, `upsert`: SQL that differs between the two
- `errors`: converts database errors to problems
"""
