"""Shazeer et al.: Outrageously Large Neural Networks, 2017: eq. 3 to 5, 6 and 7, and appendix A (load)."""

import torch
from parts import bce, features, logit, squared_variation

K = 2
NORMAL = torch.distributions.Normal(0, 1)


def gate(weights, name, x, noise):
    """The gate's weights [B, n], and the chance of each expert to be among the K."""
    clean = x @ weights[f"{name}.weight"]
    scale = torch.nn.functional.softplus(x @ weights[f"{name}.noise"])
    noisy = clean + noise * scale
    top, chosen = noisy.topk(K, 1)
    shares = torch.zeros_like(noisy).scatter(1, chosen, torch.softmax(top, 1))
    # Of each expert: the K-th largest of the others.
    others = [torch.cat([noisy[:, :i], noisy[:, i + 1 :]], 1).topk(K, 1).values[:, -1] for i in range(noisy.shape[1])]
    return shares, NORMAL.cdf((clean - torch.stack(others, 1)) / scale)


def losses(weights, rows):
    x = features(weights, rows)
    experts = torch.relu(torch.einsum("bd,dnw->bnw", x, weights["pool.0.weight"]) + weights["pool.0.bias"])
    found = {}
    importance = load = 0
    for task, noise in zip(("click", "buy"), rows["noise"]):
        shares, chances = gate(weights, f"to_{task}", x, noise)
        z = logit(weights, task, torch.einsum("bn,bnw->bw", shares, experts))
        found[f"loss/{task}"] = (1, bce(z, rows[task]))
        importance = importance + squared_variation(shares.sum(0))
        load = load + squared_variation(chances.sum(0))
    return {**found, "penalty/importance": (0.1, importance), "penalty/load": (0.1, load)}
