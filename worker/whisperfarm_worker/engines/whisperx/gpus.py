"""The GPUs that torch sees."""


def gpu_memories() -> list[int | None]:
    """Return the memory of each GPU in bytes. This imports torch."""
    import torch

    count = torch.cuda.device_count()
    return [torch.cuda.get_device_properties(index).total_memory for index in range(count)]
