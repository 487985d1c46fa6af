"""Yang, Hospedales: Deep Multi-task Representation Learning: A Tensor Factorisation Approach, 2017: eq. 5 (Tucker)."""

import torch
from parts import click_and_buy, features

TASKS = ("click", "buy")


def losses(weights, rows):
    x = {task: features(weights, rows) for task in TASKS}
    for layer in range(2):
        u1, u2, core = (weights[f"b.{layer}.{name}"] for name in ("input_factor", "unit_factor", "core"))
        u3 = torch.stack([weights[f"b.{task}.{layer}.member_factor"] for task in TASKS])
        # W[i, o, k] = Σ S[c, a, b] · U1[i, a] · U2[o, b] · U3[k, c]: all weights are made, then cut by task.
        whole = torch.einsum("cab,ia,ob,kc->iok", core, u1, u2, u3)
        x = {
            task: torch.relu(x[task] @ whole[:, :, k] + weights[f"b.{task}.{layer}.bias"]) for k, task in enumerate(TASKS)
        }
    return click_and_buy(weights, rows, x["click"], x["buy"])
