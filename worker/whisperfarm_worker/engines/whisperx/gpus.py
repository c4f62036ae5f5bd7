"""How many GPUs torch sees."""


def count() -> int:
    """The GPUs; torch is imported to find out."""
    import torch

    return int(torch.cuda.device_count())
