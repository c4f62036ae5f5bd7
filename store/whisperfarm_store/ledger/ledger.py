"""The ledger at a database, with its methods by subject."""

from sqlalchemy import text

from whisperfarm_store.ledger.api_keys import ApiKeys
from whisperfarm_store.ledger.attempts import Attempts
from whisperfarm_store.ledger.audit_log import AuditLog
from whisperfarm_store.ledger.backlog import Backlog
from whisperfarm_store.ledger.batches import Batches
from whisperfarm_store.ledger.blob_references import BlobReferences
from whisperfarm_store.ledger.cache import CacheIndex
from whisperfarm_store.ledger.callbacks import Callbacks
from whisperfarm_store.ledger.changes import Changes
from whisperfarm_store.ledger.custody import Custody
from whisperfarm_store.ledger.db import migration, sqlalchemy_engine
from whisperfarm_store.ledger.db.database import Database
from whisperfarm_store.ledger.dispatch import Dispatch
from whisperfarm_store.ledger.erasures import Erasures
from whisperfarm_store.ledger.forwards import Forwards
from whisperfarm_store.ledger.holds import Holds
from whisperfarm_store.ledger.jobs import Jobs
from whisperfarm_store.ledger.pauses import Pauses
from whisperfarm_store.ledger.polls import Polls
from whisperfarm_store.ledger.retention import Retention
from whisperfarm_store.ledger.revisions import Revisions
from whisperfarm_store.ledger.search import Texts
from whisperfarm_store.ledger.sessions import Sessions
from whisperfarm_store.ledger.snapshots import Snapshots
from whisperfarm_store.ledger.speakers import Speakers
from whisperfarm_store.ledger.upload_tokens import UploadTokens
from whisperfarm_store.ledger.usage import Usage
from whisperfarm_store.ledger.vocabularies import Vocabularies
from whisperfarm_store.ledger.workers import Workers


def open_ledger(url: str, *, custody: bool = False) -> "Ledger":
    """Return the ledger at a SQLAlchemy URL. Raises `InvalidSettings` if the URL is invalid.

    With `custody`, it keeps the chain of custody of each job.
    """
    return Ledger(Database(sqlalchemy_engine.connect(url), custody=custody))


class Ledger:
    """Jobs of a farm with their states, attempts and callbacks, and the workers that run them.

    Safe to use from several threads and processes. Each call of a method, also of its attributes'
    methods, is one transaction unless noted. A call that raises an error changes nothing. All
    methods raise these errors; their classes and docstrings name others:

    - `FarmUnavailable`: the database is unavailable or busy. If the connection breaks during the
      commit, the change may have been made
    - `StorageFull`, when writing: the database's disk is full
    - `ServerError`: the database is damaged
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.jobs = Jobs(database)
        self.changes = Changes(database)
        self.batches = Batches(database)
        self.attempts = Attempts(database)
        self.dispatch = Dispatch(database)
        self.backlog = Backlog(database)
        self.callbacks = Callbacks(database)
        self.workers = Workers(database)
        self.polls = Polls(database)
        self.pauses = Pauses(database)
        self.vocabularies = Vocabularies(database)
        self.speakers = Speakers(database)
        self.api_keys = ApiKeys(database)
        self.sessions = Sessions(database)
        self.upload_tokens = UploadTokens(database)
        self.cache = CacheIndex(database)
        self.retention = Retention(database)
        self.erasures = Erasures(database)
        self.holds = Holds(database)
        self.revisions = Revisions(database)
        self.texts = Texts(database)
        self.forwards = Forwards(database)
        self.usage = Usage(database)
        self.blob_references = BlobReferences(database)
        self.snapshots = Snapshots(database)
        self.custody = Custody(database)
        self.audit_log = AuditLog(database)

    def migrate(self) -> str:
        """Migrate the tables to this version. Returns their revision.

        Safe if several processes start at once. Raises `InvalidSettings` if a newer version of the
        farm has migrated them, or if the database is damaged or its file cannot be opened.
        """
        with self.database.translate_errors(), self.database.reject_unusable():
            return migration.migrate(self.database.engine)

    def require_tables(self) -> str:
        """Return the revision of the tables, without a change of the database.

        Raises `InvalidSettings` if it has none, or those of another version of the farm.
        """
        with self.database.translate_errors(), self.database.reject_unusable():
            return migration.require_current(self.database.engine)

    def durability(self) -> dict[str, str]:
        """Return PostgreSQL's settings for durability in a power cut. Empty for SQLite."""
        if self.database.engine.dialect.name != "postgresql":
            return {}
        with self.database.read() as connection:
            settings = ("fsync", "full_page_writes", "synchronous_commit")
            return {name: str(connection.scalar(text(f"SHOW {name}"))) for name in settings}

    def check(self) -> None:
        """Check that the database answers a query."""
        with self.database.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Close all connections."""
        self.database.engine.dispose()
