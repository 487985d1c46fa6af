#!/usr/bin/env python3
"""A peer of `mtlc train`: an MMoE in PyTorch by hand, tuned for a CPU: one merged embedding table, experts, gates and towers as one
product each, no DataLoader, Adam fused, and lazy Adam on the touched rows of a large table.

usage: torch_mmoe.py FOLDER [--compile]      (worker.py says what it answers)
"""
import sys

import torch
import torch.nn.functional as F

from worker import Dedupe, first_weights, serve


class Net(torch.nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.experts, self.units, self.tasks = shape.experts, shape.units, shape.tasks
        self.pool = torch.nn.Linear(shape.width, shape.experts * shape.units)
        self.gates = torch.nn.Linear(shape.width, shape.tasks * shape.experts, bias=False)
        self.w1 = torch.nn.Parameter(torch.zeros(shape.tasks, shape.units, shape.tower))
        self.b1 = torch.nn.Parameter(torch.zeros(shape.tasks, 1, shape.tower))
        self.w2 = torch.nn.Parameter(torch.zeros(shape.tasks, shape.tower, 1))
        self.b2 = torch.nn.Parameter(torch.zeros(shape.tasks, 1, 1))

    def forward(self, x):
        rows = x.shape[0]
        f = torch.relu(self.pool(x)).view(rows, self.experts, self.units)
        g = torch.softmax(self.gates(x).view(rows, self.tasks, self.experts), -1)
        mix = torch.bmm(g, f).transpose(0, 1)
        h = torch.relu(torch.baddbmm(self.b1, mix, self.w1))
        return torch.baddbmm(self.b2, h, self.w2).squeeze(-1).t()


class Peer:
    steps = 8

    def __init__(self, data, compiled):
        torch.set_num_threads(data.shape.threads)
        self.shape = data.shape
        self.versions = f"PyTorch {torch.__version__}"
        self.offsets = torch.from_numpy(data.shape.offsets)
        self.ids = torch.from_numpy(data.train.ids + data.shape.offsets)
        self.numbers, self.labels = torch.from_numpy(data.train.numbers), torch.from_numpy(data.train.labels)
        self.dedupe = Dedupe(data.shape.total, data.shape.batch * data.shape.features)
        net, batch = Net(data.shape), data.shape.batch
        table = torch.zeros(data.shape.total, data.shape.embed)
        self.net, self.table = net, table if data.shape.lazy else torch.nn.Parameter(table)

        def loss(rows, numbers, labels):
            x = torch.cat([rows.view(batch, -1), numbers], 1)
            return F.binary_cross_entropy_with_logits(net(x), labels, reduction="sum") / batch

        # Without the embedding: compiled with it, a step of a small table takes ten times as long.
        self.compiled_loss = torch.compile(loss) if compiled else loss

    def start(self, seed):
        shape = self.shape
        first, table = first_weights(shape, seed)
        own = {name: torch.from_numpy(first[name]) for name in ("w1", "b1", "w2", "b2")}
        linear = {"pool.weight": first["pool"].T, "pool.bias": first["pool_bias"], "gates.weight": first["gates"].T}
        with torch.no_grad():
            self.table.copy_(torch.from_numpy(table))
        self.net.load_state_dict(own | {name: torch.from_numpy(value) for name, value in linear.items()})
        if shape.lazy:
            self.m, self.v, self.step = torch.zeros_like(self.table), torch.zeros_like(self.table), 0
        weights = [*self.net.parameters(), *([] if shape.lazy else [self.table])]
        self.optimizer = torch.optim.Adam(weights, lr=shape.rate, fused=True)

    def loss(self, ids, rows, numbers, labels):
        return self.compiled_loss(F.embedding(ids, rows), numbers, labels)

    def train(self, picks):
        for pick in picks:
            pick = torch.from_numpy(pick)
            ids, numbers, labels = (each.index_select(0, pick) for each in (self.ids, self.numbers, self.labels))
            (self.train_lazy if self.shape.lazy else self.train_dense)(ids, numbers, labels)
        return self.last.item()

    def train_dense(self, ids, numbers, labels):
        self.optimizer.zero_grad(set_to_none=True)
        self.last = self.loss(ids, self.table, numbers, labels)
        self.last.backward()
        self.optimizer.step()

    def train_lazy(self, ids, numbers, labels):
        unique, inverse = map(torch.from_numpy, self.dedupe(ids.numpy().reshape(-1)))
        unique = unique.long()
        rows = self.table.index_select(0, unique).requires_grad_()
        self.optimizer.zero_grad(set_to_none=True)
        self.last = self.loss(inverse.view_as(ids), rows, numbers, labels)
        self.last.backward()
        self.optimizer.step()
        self.step += 1
        with torch.no_grad():
            g = rows.grad
            m = self.m.index_select(0, unique).mul_(0.9).add_(g, alpha=0.1)
            v = self.v.index_select(0, unique).mul_(0.999).addcmul_(g, g, value=0.001)
            self.m.index_copy_(0, unique, m)
            self.v.index_copy_(0, unique, v)
            scale = self.shape.rate * (1 - 0.999**self.step) ** 0.5 / (1 - 0.9**self.step)
            self.table.index_copy_(0, unique, rows.detach().addcdiv_(m, v.sqrt_().add_(1e-8), value=-scale))

    def predict(self, ids, numbers):
        parts = []
        with torch.inference_mode():
            for at in range(0, len(ids), 8192):
                part = torch.from_numpy(ids[at : at + 8192]) + self.offsets
                x = F.embedding(part, self.table).reshape(len(part), -1)
                parts.append(torch.sigmoid(self.net(torch.cat([x, torch.from_numpy(numbers[at : at + 8192])], 1))))
        return torch.cat(parts).numpy()

    matrix = staticmethod(torch.from_numpy)

    def multiply(self, x, y):
        torch.mm(x, y)


if __name__ == "__main__":
    serve(lambda data: Peer(data, "--compile" in sys.argv))
