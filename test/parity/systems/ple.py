"""Tang et al.: Progressive Layered Extraction (PLE), 2020: section 4.2, eq. 4 to 7, two levels."""

import torch
from parts import click_and_buy, features

TASKS = ("click", "buy")


def experts(weights, name, x):
    """The outputs of some experts, one after the other: a list of [B, e]."""
    kernels, biases = weights[f"{name}.weight"], weights[f"{name}.bias"]
    # The experts that tasks share have the inputs first, those of one task the experts.
    if biases.shape[0] != kernels.shape[0]:
        kernels = kernels.permute(1, 0, 2)
    return [torch.relu(x @ kernel + bias) for kernel, bias in zip(kernels, biases)]


def mixed(gate, found):
    """A gate's weighted sum of the selected vectors."""
    return sum(gate[:, i : i + 1] * expert for i, expert in enumerate(found))


def losses(weights, rows):
    stream = {name: features(weights, rows) for name in (*TASKS, "shared")}
    for level in range(2):
        own = {task: experts(weights, f"b.{task}.{level}.own.0", stream[task]) for task in TASKS}
        shared = experts(weights, f"b.{level}.shared.0", stream["shared"])
        output = {}
        for task in TASKS:
            gate = torch.softmax(stream[task] @ weights[f"b.{task}.{level}.gate.weight"], 1)
            output[task] = mixed(gate, own[task] + shared)
        if level == 0:
            maps = [weights[f"b.{task}.0.shared_gate.weight"] for task in TASKS]
            gate = torch.softmax(stream["shared"] @ torch.cat([*maps, weights["b.0.shared_gate.shared"]], 1), 1)
            output["shared"] = mixed(gate, own["click"] + own["buy"] + shared)
        stream = output
    return click_and_buy(weights, rows, stream["click"], stream["buy"])
