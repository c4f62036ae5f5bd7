"""The four servers of a distributed farm, with the settings that name them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.servers import postgresql, rabbitmq, redis, s3

if TYPE_CHECKING:
    from tests.servers.postgresql import PostgresqlServer
    from tests.servers.rabbitmq import RabbitmqServer
    from tests.servers.redis import RedisServer
    from tests.servers.s3 import S3Server


@dataclass(frozen=True, kw_only=True)
class DistributedServers:
    """PostgreSQL, RabbitMQ, Redis and S3, private to this process."""

    postgresql: "PostgresqlServer"
    rabbitmq: "RabbitmqServer"
    redis: "RedisServer"
    s3: "S3Server"

    def settings(self, *, prefix: str = "") -> dict[str, str]:
        """Return the settings of a farm with a new database and a prefix in the bucket.

        All farms share the broker, so only one may run at a time.
        """
        return {
            "WHISPERFARM_DATABASE_URL": self.postgresql.new_database(),
            "WHISPERFARM_BROKER_URL": self.rabbitmq.url,
            "WHISPERFARM_REDIS_URL": self.redis.url,
            "WHISPERFARM_BLOB_URL": f"s3://{self.s3.bucket}/{prefix}".rstrip("/"),
            "WHISPERFARM_S3_ENDPOINT_URL": self.s3.endpoint,
            "WHISPERFARM_S3_REGION": self.s3.region,
            "WHISPERFARM_S3_ACCESS_KEY_ID": self.s3.access_key,
            "WHISPERFARM_S3_SECRET_ACCESS_KEY": self.s3.secret_key,
        }

    def start(self) -> None:
        """Start the servers that do not run."""
        self.postgresql.start()
        self.rabbitmq.start()
        self.redis.start()
        self.s3.start()


@contextmanager
def started() -> Iterator[DistributedServers]:
    """Start all servers. Raises `ServerMissing`."""
    with ExitStack() as stack:
        yield DistributedServers(
            postgresql=stack.enter_context(postgresql.started()),
            rabbitmq=stack.enter_context(rabbitmq.started()),
            redis=stack.enter_context(redis.started()),
            s3=stack.enter_context(s3.started()),
        )
