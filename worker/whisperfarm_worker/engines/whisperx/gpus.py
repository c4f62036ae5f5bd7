"""Counts the GPUs that torch sees."""


def gpu_count() -> int:
    """Return the number of GPUs. This imports torch."""
    import torch

    return int(torch.cuda.device_count())
