"""Zhou et al.: Deep Interest Network for Click-Through Rate Prediction, 2018: eq. 3 (attention) and 9 (Dice)."""

import torch
from parts import bce, dense, features, logit


def dice(s, alpha):
    """`s`: [N, units], only rows that are there."""
    p = torch.sigmoid((s - s.mean(0)) / torch.sqrt(s.var(0, unbiased=False) + 1e-8))
    return p * s + (1 - p) * alpha * s


def losses(weights, rows):
    ids = rows["history"]
    is_there = ids >= 0
    keys = weights["item.embedding"][ids.clamp(min=0)]
    query = weights["item.embedding"][rows["item"]].unsqueeze(1).expand_as(keys)
    pairs = torch.cat([query, keys, query - keys, query * keys], 2)[is_there]
    hidden = dice(dense(weights, "interest.0", pairs), weights["interest.0.activation.alpha"])
    # The sum of the weights is kept: there is no softmax.
    scores = torch.zeros(ids.shape).masked_scatter(is_there, dense(weights, "interest.score", hidden))
    interest = (scores.unsqueeze(2) * keys).sum(1)
    h = torch.cat([features(weights, rows), interest], 1)
    for layer in range(2):
        h = dice(dense(weights, f"t.{layer}", h), weights[f"t.{layer}.activation.alpha"])
    return {"loss/click": (1, bce(logit(weights, "click", h), rows["click"]))}
