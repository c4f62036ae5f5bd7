"""Counts the GPUs that CTranslate2 sees."""


def gpu_count() -> int:
    import ctranslate2

    return int(ctranslate2.get_cuda_device_count())
