"""The GPUs that CTranslate2 sees."""


def gpu_memories() -> list[int | None]:
    """Return `None` for each GPU: CTranslate2 does not say how much memory it has."""
    import ctranslate2

    return [None] * ctranslate2.get_cuda_device_count()
