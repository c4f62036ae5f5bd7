"""How many GPUs CTranslate2 sees."""


def count() -> int:
    """The GPUs."""
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())
