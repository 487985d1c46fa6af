#!/usr/bin/env python3
"""Peers of `mtlc train`: the MMOE of DeepCTR-Torch and of torch-rechub, each with its own embedding layers, network and loss, and PyTorch's
Adam as both take it. The step is that of their trainers; rows are slices of one tensor, without the DataLoader, the progress bar and the
metrics of each batch that their `fit` has: so they are faster here than a user sees them. torch-rechub's networks have batch norm.

usage: library_mmoe.py FOLDER deepctr|rechub      (worker.py says what it answers)
"""
import sys
from importlib.metadata import version

import numpy as np
import torch
import torch.nn.functional as F

from worker import serve


def deepctr(shape, names, numbers):
    from deepctr_torch.inputs import DenseFeat, SparseFeat
    from deepctr_torch.models import MMOE

    columns = [SparseFeat(name, vocabulary_size=size, embedding_dim=shape.embed) for name, size in zip(names, shape.sizes)]
    return MMOE(
        columns + [DenseFeat(name, 1) for name in numbers],
        num_experts=shape.experts,
        expert_dnn_hidden_units=(shape.units,),
        gate_dnn_hidden_units=(),
        tower_dnn_hidden_units=(shape.tower,),
        l2_reg_linear=0,
        l2_reg_embedding=0,
        task_types=["binary"] * shape.tasks,
        task_names=[f"task{at}" for at in range(shape.tasks)],
        # The default, 1e-4, leaves an epoch of so few steps at chance.
        init_std=0.05,
        device="cpu",
    )


def rechub(shape, names, numbers):
    from torch_rechub.basic.features import DenseFeature, SparseFeature
    from torch_rechub.basic.initializers import RandomNormal
    from torch_rechub.models.multi_task import MMOE

    columns = [SparseFeature(name, size, shape.embed, initializer=RandomNormal(0, 0.05)) for name, size in zip(names, shape.sizes)]
    return MMOE(
        columns + [DenseFeature(name) for name in numbers],
        ["classification"] * shape.tasks,
        shape.experts,
        {"dims": [shape.units]},
        [{"dims": [shape.tower]}] * shape.tasks,
    )


class Peer:
    steps = 4

    def __init__(self, data, library):
        shape = self.shape = data.shape
        torch.set_num_threads(shape.threads)
        self.library = library
        package = {"deepctr": "deepctr-torch", "rechub": "torch-rechub"}[library]
        self.versions = f"{package} {version(package)}, PyTorch {torch.__version__}"
        self.names = [f"c{at}" for at in range(shape.features)]
        self.number_names = [f"d{at}" for at in range(shape.numbers)]
        self.inputs, self.labels = self.input_of(data.train.ids, data.train.numbers), torch.from_numpy(data.train.labels)

    def input_of(self, ids, numbers):
        """DeepCTR-Torch takes one tensor of floats, torch-rechub a tensor a feature."""
        if self.library == "deepctr":
            return torch.from_numpy(np.concatenate([ids.astype(np.float32), numbers], 1))
        columns = {name: torch.from_numpy(np.ascontiguousarray(ids[:, at])) for at, name in enumerate(self.names)}
        return columns | {name: torch.from_numpy(np.ascontiguousarray(numbers[:, at])) for at, name in enumerate(self.number_names)}

    def rows(self, inputs, pick):
        if self.library == "deepctr":
            return inputs[pick]
        return {name: column[pick] for name, column in inputs.items()}

    def start(self, seed):
        torch.manual_seed(seed)
        make = deepctr if self.library == "deepctr" else rechub
        self.net = make(self.shape, self.names, self.number_names).train()
        self.optimizer = torch.optim.Adam(self.net.parameters(), lr=self.shape.rate)

    def train(self, picks):
        tasks = self.shape.tasks
        for pick in picks:
            pick = torch.from_numpy(pick)
            predicted, labels = self.net(self.rows(self.inputs, pick)), self.labels[pick]
            # Each library's own: a sum of the rows, or a mean of rows and tasks. Adam does not tell them apart.
            losses = [
                F.binary_cross_entropy(predicted[:, at], labels[:, at], reduction="sum" if self.library == "deepctr" else "mean")
                for at in range(tasks)
            ]
            loss = sum(losses) if self.library == "deepctr" else sum(losses) / tasks
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item() / (self.shape.batch if self.library == "deepctr" else 1 / tasks)

    def predict(self, ids, numbers):
        inputs, parts = self.input_of(ids, numbers), []
        self.net.eval()
        with torch.inference_mode():
            for at in range(0, len(ids), 8192):
                parts.append(self.net(self.rows(inputs, slice(at, at + 8192))))
        self.net.train()
        return torch.cat(parts).numpy()

    matrix = staticmethod(torch.from_numpy)

    def multiply(self, x, y):
        torch.mm(x, y)


if __name__ == "__main__":
    serve(lambda data: Peer(data, sys.argv[2]))
