"""Ruder et al.: Latent Multi-task Architecture Learning (sluice networks), 2019: eq. 1 to 3, two subspaces."""

import torch
from parts import click_and_buy, dense, features

TASKS = ("click", "buy")


def losses(weights, rows):
    x = {task: features(weights, rows) for task in TASKS}
    kept = {task: [] for task in TASKS}
    apart = 0
    for layer in range(2):
        parts = []
        for task in TASKS:
            hidden = torch.relu(dense(weights, f"b.{task}.{layer}", x[task]))
            parts += hidden.chunk(2, 1)
            first, second = weights[f"b.{task}.{layer}.weight"].chunk(2, 1)
            apart = apart + torch.linalg.matrix_norm(first.T @ second) ** 2
        alpha = weights[f"b.{layer}.subspaces"]
        mixed = [sum(alpha[i, j] * part for j, part in enumerate(parts)) for i in range(4)]
        x = {"click": torch.cat(mixed[:2], 1), "buy": torch.cat(mixed[2:], 1)}
        for task in TASKS:
            kept[task].append(weights[f"b.{task}.{layer}.skip"] * x[task])
    return {
        **click_and_buy(weights, rows, sum(kept["click"]), sum(kept["buy"])),
        "penalty/apart": (0.1, apart),
    }
