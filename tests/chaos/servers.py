"""The servers behind a farm, as its settings name them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import ClassVar

from tests.servers import postgresql, rabbitmq, redis, s3
from tests.servers.postgresql import PostgresqlServer
from tests.servers.rabbitmq import RabbitmqServer
from tests.servers.redis import RedisServer
from tests.servers.s3 import S3Server


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Real ones, private to us."""

    database: PostgresqlServer
    broker: RabbitmqServer
    messenger: RedisServer
    store: S3Server
    name: ClassVar[str] = "PostgreSQL, RabbitMQ, Redis, S3"
    having: ClassVar[frozenset[str]] = frozenset({"s3", "rabbitmq"})
    """What points may need and farms on these servers have."""

    def settings(self) -> dict[str, str]:
        """Of a farm with a database of its own. All farms share the broker: one at a time."""
        return {
            "WHISPERFARM_DATABASE_URL": self.database.new_database(),
            "WHISPERFARM_BROKER_URL": self.broker.url,
            "WHISPERFARM_REDIS_URL": self.messenger.url,
            "WHISPERFARM_BLOB_URL": f"s3://{self.store.bucket}",
            "WHISPERFARM_S3_ENDPOINT_URL": self.store.endpoint,
            "WHISPERFARM_S3_REGION": self.store.region,
            "WHISPERFARM_S3_ACCESS_KEY_ID": self.store.access_key,
            "WHISPERFARM_S3_SECRET_ACCESS_KEY": self.store.secret_key,
        }

    def start(self) -> None:
        """Make all of them answer again."""
        self.database.start()
        self.broker.start()
        self.messenger.start()
        self.store.start()


@contextmanager
def started() -> Iterator[Servers]:
    """All servers. Raises `ServerMissing`."""
    with ExitStack() as stack:
        yield Servers(
            database=stack.enter_context(postgresql.started()),
            broker=stack.enter_context(rabbitmq.started()),
            messenger=stack.enter_context(redis.started()),
            store=stack.enter_context(s3.started()),
        )
