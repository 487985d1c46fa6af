"""Wang, Liu, Miao: A Deep Probabilistic Model for Customer Lifetime Value Prediction, 2019: the zero-inflated lognormal loss."""

import torch
from parts import bce, features, logit, mlp
from torch.nn import functional as F


def losses(weights, rows):
    x = features(weights, rows)
    chance, log_mean, spread = (
        logit(weights, name, mlp(weights, f"{name}/1", x, 1)) for name in ("click", "spent", "spread")
    )
    sigma = F.softplus(spread)
    # The mean of a lognormal distribution is exp(μ + σ²/2).
    amount = torch.distributions.LogNormal(log_mean - sigma**2 / 2, sigma)
    is_above = rows["spent"] > 0
    density = amount.log_prob(rows["spent"].clamp(min=1e-3))
    return {"loss/spent": (1, bce(chance, is_above.double()) - torch.where(is_above, density, 0.0).mean())}
