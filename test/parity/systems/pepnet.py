"""Chang et al.: PEPNet: Parameter and Embedding Personalized Network, 2023: eq. 2 (gate), 4 (EPNet) and 6 (PPNet)."""

import torch
from parts import bce, dense, features, logit

GAMMA = 2


def gate(weights, name, prior, x):
    """The gate NU: γ·σ of two layers over the prior and x, which it does not train."""
    hidden = torch.relu(dense(weights, f"{name}.0", torch.cat([prior, x.detach()], 1)))
    return GAMMA * torch.sigmoid(dense(weights, f"{name}.1", hidden))


def losses(weights, rows):
    x = features(weights, rows)
    domain, person = (weights[f"{name}.embedding"][rows[name]] for name in ("item", "user"))
    e = gate(weights, "e/4", domain, x) * x
    found = {}
    for task in ("click", "buy"):
        h = e
        for layer in (f"{task}_1", f"t_{task}"):
            h = torch.relu(dense(weights, f"{layer}.0", gate(weights, f"{layer}/3", person, h) * h))
        found[f"loss/{task}"] = (1, bce(logit(weights, task, h), rows[task]))
    return found
