"""Weights that lie on a grid of a few bits, learnt with: forward passes see them rounded, gradients pass as if not.

A layer's weights have a scale an output channel, chosen once for the least squared error; embeddings have one a row,
and are rounded once. Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference", CVPR 2018; of the gradient: Bengio et al., "Estimating or Propagating Gradients
Through Stochastic Neurons", 2013.
"""

from __future__ import annotations

from typing import Any

from claimclf.errors import needs_extra

with needs_extra("train"):
    import torch
    from torch.nn.utils import parametrize
    from transformers import PreTrainedModel

_SHARES = [share / 40 for share in range(12, 41)]  # of a channel's largest weight, up to which the grid may reach


def round_weights(model: PreTrainedModel, bits: int) -> None:
    """Put the weights of the encoder's linear layers on grids of `bits`, and those of its words' embeddings once.

    The embeddings do not learn any more. `keep_rounded` makes plain weights of what was learnt.
    """
    embeddings = model.get_input_embeddings()
    with torch.no_grad():
        rows: Any = embeddings.weight
        rows.copy_(on_grid(rows, best_scale(rows, bits), bits))
    embeddings.requires_grad_(False)
    for module in _linear(model):
        weights: Any = module.weight
        parametrize.register_parametrization(module, "weight", _Rounded(best_scale(weights.detach(), bits), bits))


def keep_rounded(model: PreTrainedModel) -> None:
    """Leave the rounded weights as plain ones, in place of those that learnt."""
    for module in _linear(model):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)


def _linear(model: PreTrainedModel) -> list[torch.nn.Linear]:
    """The linear layers of the encoder; the head, which is small and decides, stays as it is."""
    return [module for module in model.base_model.modules() if isinstance(module, torch.nn.Linear)]


def best_scale(weights: torch.Tensor, bits: int) -> torch.Tensor:
    """The scale of each row (rows, 1) whose grid has the least squared error among 29.

    >>> round(float(best_scale(torch.tensor([[0.7, -0.1, 0.3]]), 4)), 3)
    0.1
    """
    steps = (1 << bits - 1) - 1
    most = weights.abs().amax(dim=1, keepdim=True).clamp(min=1e-12)
    best, least = most / steps, torch.full_like(most, torch.inf)
    for share in _SHARES:
        scale = most * share / steps
        error = (on_grid(weights, scale, bits) - weights).square().sum(dim=1, keepdim=True)
        best, least = torch.where(error < least, scale, best), torch.minimum(error, least)
    return best


def on_grid(weights: torch.Tensor, scale: torch.Tensor, bits: int) -> torch.Tensor:
    """The nearest of the 2^bits - 1 multiples of `scale` around 0.

    >>> [round(number, 3) for number in on_grid(torch.tensor([[0.26, -9.0]]), torch.tensor([[0.1]]), 4)[0].tolist()]
    [0.3, -0.7]
    """
    steps = (1 << bits - 1) - 1
    return torch.clamp((weights / scale).round(), -steps, steps) * scale


class _Rounded(torch.nn.Module):
    """A parametrisation: weights → weights on the grid."""

    def __init__(self, scale: torch.Tensor, bits: int) -> None:
        super().__init__()
        self.bits = bits
        self.scale: torch.Tensor
        self.register_buffer("scale", scale)

    def forward(self, weights: torch.Tensor) -> torch.Tensor:
        rounded: torch.Tensor = _Round.apply(weights, self.scale, self.bits)  # type: ignore[no-untyped-call]
        return rounded


class _Round(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, weights: torch.Tensor, scale: torch.Tensor, bits: int) -> torch.Tensor:
        context.save_for_backward(weights.abs() <= scale * ((1 << bits - 1) - 0.5))
        return on_grid(weights, scale, bits)

    @staticmethod
    def backward(context: Any, *gradients: Any) -> tuple[Any, None, None]:
        (inside,) = context.saved_tensors
        return gradients[0] * inside, None, None
