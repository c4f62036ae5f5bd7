"""The optimizer of the transformer models, which needs far fewer steps than AdamW alone."""

from pytorch_optimizer import Muon
from torch import nn


def muon(model: nn.Module) -> Muon:
    """Muon for the matrices inside layers, AdamW for embeddings, convolutions, heads and biases.

    With the shape adjustment of Moonlight (https://arxiv.org/abs/2502.16982) both use the same
    learning rate. In the recogniser's first stage 65 % of the words were correct after 300 steps;
    with AdamW alone at its best learning rate it was 26 %.
    """
    inside: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, value in model.named_parameters():
        (inside if value.ndim == 2 and ".layers." in name else others).append(value)
    return Muon(
        [
            {
                "params": inside,
                "use_muon": True,
                "use_adjusted_lr": True,
                "weight_decay": 0.01,
            },
            {
                "params": others,
                "use_muon": False,
                "betas": (0.9, 0.98),
                "weight_decay": 0.01,
            },
        ]
    )
