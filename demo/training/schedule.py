"""The learning rate over a training run."""

import math

import torch

_WARM_UP_STEPS = 60


def rate_at(step: int, steps: int, *, peak: float, final: float) -> float:
    """A short linear warm-up, then half a cosine from `peak` down to `final`."""
    warm = min(1.0, (step + 1) / _WARM_UP_STEPS)
    way = step / max(1, steps - 1)
    return warm * (final + (peak - final) * (1 + math.cos(math.pi * way)) / 2)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Use `rate` for every parameter."""
    for group in optimizer.param_groups:
        group["lr"] = rate
