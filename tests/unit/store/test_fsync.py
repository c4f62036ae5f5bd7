import errno
import os

import pytest

from whisperfarm_contract.problems import StorageFull
from whisperfarm_store.fsync import translate_disk_full


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_full_disk_raises_storage_full_with_the_reason(number: int) -> None:
    with pytest.raises(StorageFull) as caught, translate_disk_full("no room is left for models"):
        raise OSError(number, os.strerror(number))
    assert caught.value.detail == f"no room is left for models ({os.strerror(number)})"


def test_other_os_error_is_not_translated() -> None:
    with pytest.raises(PermissionError), translate_disk_full("no room is left for models"):
        raise PermissionError(errno.EACCES, "no")
