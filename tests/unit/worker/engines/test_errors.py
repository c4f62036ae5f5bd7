"""What a failure of a model means."""

import pytest

from whisperfarm_worker.engines.errors import Poisoned, in_words, is_memory, is_poison


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA failed with error out of memory"),
    ],
)
def test_short_memory_is_known_and_is_no_poison(error: Exception) -> None:
    assert is_memory(error)
    assert not is_poison(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("cuBLAS failed with status CUBLAS_STATUS_NOT_INITIALIZED"),
        RuntimeError("cuDNN failed with status CUDNN_STATUS_EXECUTION_FAILED"),
        Poisoned("broken"),
    ],
)
def test_a_broken_context_is_poison(error: Exception) -> None:
    assert is_poison(error)


@pytest.mark.parametrize("error", [RuntimeError("bad shape"), ValueError("cuda")])
def test_other_errors_are_neither(error: Exception) -> None:
    assert not is_memory(error)
    assert not is_poison(error)


def test_an_error_in_words_is_its_kind_and_first_line() -> None:
    assert in_words(ValueError("first\nsecond")) == "ValueError: first"
    assert in_words(ValueError()) == "ValueError"
