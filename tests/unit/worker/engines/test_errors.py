"""Which problem an error of a model becomes."""

import pytest

from whisperfarm_worker.engines.errors import (
    DeviceFailed,
    describe_error,
    is_device_failure,
    is_out_of_memory,
)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("CUDA failed with error out of memory"),
    ],
)
def test_out_of_memory_is_not_a_device_failure(error: Exception) -> None:
    assert is_out_of_memory(error)
    assert not is_device_failure(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("cuBLAS failed with status CUBLAS_STATUS_NOT_INITIALIZED"),
        RuntimeError("cuDNN failed with status CUDNN_STATUS_EXECUTION_FAILED"),
        DeviceFailed("broken"),
    ],
)
def test_broken_cuda_context_is_a_device_failure(error: Exception) -> None:
    assert is_device_failure(error)


@pytest.mark.parametrize("error", [RuntimeError("bad shape"), ValueError("cuda")])
def test_other_errors_are_neither_memory_nor_device(error: Exception) -> None:
    assert not is_out_of_memory(error)
    assert not is_device_failure(error)


def test_describe_error_is_type_and_first_line() -> None:
    assert describe_error(ValueError("first\nsecond")) == "ValueError: first"
    assert describe_error(ValueError()) == "ValueError"
