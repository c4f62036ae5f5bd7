import errno
import os

import pytest

from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.fsync import full_named


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_full_disk_is_a_problem_that_gives_the_reason(number: int) -> None:
    with pytest.raises(StorageFull) as caught, full_named("no room is left for models"):
        raise OSError(number, os.strerror(number))
    assert caught.value.detail == f"no room is left for models ({os.strerror(number)})"


def test_other_error_of_the_disk_stays_as_it_is() -> None:
    with pytest.raises(PermissionError), full_named("no room is left for models"):
        raise PermissionError(errno.EACCES, "no")
