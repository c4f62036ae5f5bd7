"""How much memory of the GPU is in use."""


def gpu_memory(device: str) -> dict[str, int]:
    """Bytes on a device such as `cuda:0`; empty before this process has begun to use it.

    `total` and `used` are the whole device's, whoever uses it: CTranslate2's share is in no other
    figure. `allocated` and `reserved` are what torch has in this process.
    """
    import torch

    if not torch.cuda.is_initialized():
        return {}
    free, total = torch.cuda.mem_get_info(device)
    return {
        "total": total,
        "used": total - free,
        "allocated": torch.cuda.memory_allocated(device),
        "reserved": torch.cuda.memory_reserved(device),
    }
