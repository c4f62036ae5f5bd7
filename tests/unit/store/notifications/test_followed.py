"""Changed jobs are kept for a slow reader up to a limit."""

import asyncio

from whisperfarm_store.notifications.followed import MAX_PENDING, Followed

SOON_S = 0.01


def test_slow_reader_is_sent_each_job_once_or_has_to_read_the_list() -> None:
    async def scenario() -> None:
        followed = Followed("north", "key:1")
        assert await followed.take(SOON_S) == (False, [])
        followed.add(["before the start"])
        assert await followed.take(SOON_S) == (True, [])
        followed.add(["a", "b"])
        followed.add(["a"])
        assert await followed.take(SOON_S) == (False, ["a", "b"])
        followed.add([str(number) for number in range(MAX_PENDING + 1)])
        followed.add(["c"])
        assert await followed.take(SOON_S) == (True, ["c"])
        assert await followed.take(SOON_S) == (False, [])

    asyncio.run(scenario())
