"""Hazimeh et al.: DSelect-k: Differentiable Selection in the Mixture of Experts, 2021: eq. 3 to 6."""

import torch
from parts import bce, features, logit

EXPERTS, BITS = 5, 3


def smooth_step(t, gamma):
    inner = -2 / gamma**3 * t**3 + 3 / (2 * gamma) * t + 0.5
    return torch.where(t <= -gamma / 2, torch.zeros(()), torch.where(t >= gamma / 2, torch.ones(()), inner))


def selector(codes):
    """[B, bits] → [B, experts]: the product over the bits of an expert's number, the first code being the highest bit."""
    columns = []
    for expert in range(EXPERTS):
        product = 1
        for place, bit in enumerate(f"{expert:0{BITS}b}"):
            product = product * (codes[:, place] if bit == "1" else 1 - codes[:, place])
        columns.append(product)
    return torch.stack(columns, 1)


def numbers(weights, name, x):
    """By row where there is a weight, else the same for all rows."""
    bias = weights[f"{name}.bias"]
    return x @ weights[f"{name}.weight"] + bias if f"{name}.weight" in weights else bias.expand(len(x), -1)


def losses(weights, rows):
    x = features(weights, rows)
    experts = torch.relu(torch.einsum("bd,dnw->bnw", x, weights["pool.0.weight"]) + weights["pool.0.bias"])
    found = {}
    entropy = 0
    for task, k, gamma in (("click", 2, 1), ("buy", 3, 2)):
        codes = smooth_step(numbers(weights, f"to_{task}.codes", x), gamma)
        selectors = [selector(each) for each in codes.chunk(k, 1)]
        shares = torch.softmax(numbers(weights, f"to_{task}.shares", x), 1)
        gate = sum(shares[:, i : i + 1] * each for i, each in enumerate(selectors))
        z = logit(weights, task, torch.einsum("bn,bnw->bw", gate, experts))
        found[f"loss/{task}"] = (1, bce(z, rows[task]))
        entropy = entropy + sum(-(each * torch.log(each + 1e-6)).sum(1).mean() for each in selectors)
    return {**found, "penalty/entropy": (0.01, entropy)}
