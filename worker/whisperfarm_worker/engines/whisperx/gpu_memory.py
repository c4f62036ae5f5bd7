"""Reads the GPU memory in use, and the name of the GPU."""


def gpu_memory(device: str) -> dict[str, int]:
    """Return bytes on a device such as `cuda:0`; empty before torch has initialized CUDA.

    `total` and `used` count the whole device and all processes; CTranslate2's memory appears only
    there. `allocated` and `reserved` are torch's in this process.
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


def describe_gpu(device: str) -> tuple[str, str | None]:
    """Return the name of a device such as `cuda:0`, and the version of CUDA."""
    import torch

    return torch.cuda.get_device_name(device), torch.version.cuda
