"""What a failure of a model means for those who go on calling it."""

from whisperfarm_contract.problems import EngineFailed


class Poisoned(EngineFailed):
    """The device's context is broken: nothing in this process will work on it again."""


def is_memory(error: BaseException) -> bool:
    """Whether there was not enough memory; less at once may do."""
    return isinstance(error, MemoryError) or "out of memory" in str(error).lower()


def is_poison(error: BaseException) -> bool:
    """Whether a GPU's context is broken, as far as its libraries let one tell."""
    if isinstance(error, Poisoned):
        return True
    words = str(error).lower()
    on_gpu = any(library in words for library in ("cuda", "cublas", "cudnn"))
    return isinstance(error, RuntimeError) and on_gpu and not is_memory(error)


def in_words(error: BaseException) -> str:
    """The first line of what an error says, with its kind."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
