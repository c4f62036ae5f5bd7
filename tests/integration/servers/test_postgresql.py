"""The PostgreSQL of the tests."""

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.servers import postgresql
from tests.servers.postgresql import PostgresqlServer
from tests.servers.process import ServerFailed

pytestmark = pytest.mark.slow

JOBS = "SELECT count(*) FROM pg_tables WHERE tablename = 'job'"


def _do(url: str, *statements: str) -> list[int]:
    """Run statements. Returns the rows of the last one."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        answers = [connection.execute(text(statement)) for statement in statements]
        return list(answers[-1].scalars())


def test_committed_rows_survive_a_kill(postgresql_server: PostgresqlServer) -> None:
    url = postgresql_server.new_database()
    _do(url, "CREATE TABLE job (id int)", "INSERT INTO job VALUES (7) RETURNING id")
    postgresql_server.kill()
    postgresql_server.start()
    assert _do(url, "SELECT id FROM job") == [7]


def test_new_database_is_empty(postgresql_server: PostgresqlServer) -> None:
    used, empty = postgresql_server.new_database(), postgresql_server.new_database()
    assert _do(used, "CREATE TABLE job (id int)", JOBS) == [1]
    assert _do(empty, JOBS) == [0]


def test_wrong_password_is_rejected(postgresql_server: PostgresqlServer) -> None:
    url = postgresql_server.url.replace("+psycopg", "").replace("farm:", "farm:not-")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(url)


def test_failed_start_shows_the_reason() -> None:
    with (
        pytest.raises(ServerFailed, match="no_such_setting"),
        postgresql.started(settings={"no_such_setting": "on"}),
    ):
        pass


def test_servers_are_independent_and_can_be_wiped(postgresql_server: PostgresqlServer) -> None:
    with postgresql.started() as other:
        assert _do(other.url, "CREATE TABLE job (id int)", JOBS) == [1]
        assert _do(postgresql_server.url, JOBS) == [0]
        other.wipe()
        other.start()
        assert _do(other.url, JOBS) == [0]
