"""Classifies errors of models: out of memory, or a failed device."""

from whisperfarm_contract.problems import EngineFailed


class DeviceFailed(EngineFailed):
    """The GPU context of this process is broken, so that every later call fails too."""


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether memory was too small; a smaller batch may succeed."""
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()


def is_device_failure(error: BaseException) -> bool:
    """Return whether the GPU context is broken, as far as the error's message shows it."""
    if isinstance(error, DeviceFailed):
        return True
    words = str(error).lower()
    on_gpu = any(library in words for library in ("cuda", "cublas", "cudnn"))
    return isinstance(error, RuntimeError) and on_gpu and not is_out_of_memory(error)


def describe_error(error: BaseException) -> str:
    """Return the error's type and the first line of its message."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def classify(error: Exception) -> Exception:
    """Return `DeviceFailed` for an error that ends the use of the device, else the error itself.

    Out of GPU memory counts: CTranslate2 does not recover from it on a single window.
    """
    out_of_gpu_memory = is_out_of_memory(error) and "cuda" in str(error).lower()
    if is_device_failure(error) or out_of_gpu_memory:
        return DeviceFailed(f"the speech model's device is broken: {describe_error(error)}")
    return error
