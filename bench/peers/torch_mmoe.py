#!/usr/bin/env python3
"""The peer of `mtlc train`: an MMoE in PyTorch by hand, tuned for a CPU (one merged embedding table, experts as one
matmul, no DataLoader, lazy Adam on the touched rows of a large table). Reads encoded arrays that the benchmark wrote,
trains for some seconds, and prints one JSON line: {"rowsPerSecond": …, "msPerStep": …, "loss": …}.

usage: torch_mmoe.py FOLDER      (FOLDER/meta.json says what the arrays are)
"""
import json, sys, time
import numpy as np
import torch
import torch.nn.functional as F


class Net(torch.nn.Module):
    def __init__(self, width, experts, units, tower, tasks):
        super().__init__()
        self.experts, self.units, self.tasks = experts, units, tasks
        self.pool = torch.nn.Linear(width, experts * units)
        self.gates = torch.nn.Linear(width, tasks * experts, bias=False)
        self.w1 = torch.nn.Parameter(torch.empty(tasks, units, tower).uniform_(-0.2, 0.2))
        self.b1 = torch.nn.Parameter(torch.zeros(tasks, 1, tower))
        self.w2 = torch.nn.Parameter(torch.empty(tasks, tower, 1).uniform_(-0.3, 0.3))
        self.b2 = torch.nn.Parameter(torch.zeros(tasks, 1, 1))

    def forward(self, x):
        rows = x.shape[0]
        f = torch.relu(self.pool(x)).view(rows, self.experts, self.units)
        g = torch.softmax(self.gates(x).view(rows, self.tasks, self.experts), -1)
        mix = torch.bmm(g, f).transpose(0, 1)
        h = torch.relu(torch.baddbmm(self.b1, mix, self.w1))
        return torch.baddbmm(self.b2, h, self.w2).squeeze(-1).t()


def main():
    folder = sys.argv[1]
    meta = json.load(open(f"{folder}/meta.json"))
    torch.manual_seed(1)
    torch.set_num_threads(meta["threads"])
    rows, width, numbers, batch = meta["rows"], meta["idWidth"], meta["numberWidth"], meta["batch"]
    ids = torch.from_numpy(np.fromfile(f"{folder}/ids.bin", np.int32).reshape(rows, width))
    dense = torch.from_numpy(np.fromfile(f"{folder}/numbers.bin", np.float32).reshape(rows, numbers))
    labels = torch.from_numpy(np.fromfile(f"{folder}/labels.bin", np.float32).reshape(rows, -1))
    offsets = torch.tensor(np.concatenate([[0], np.cumsum(meta["sizes"])[:-1]]), dtype=torch.int64)
    total, embed = int(sum(meta["sizes"])), meta["embed"]
    table = torch.randn(total, embed) * 0.05
    lazy = total > 100_000
    net = Net(width * embed + numbers, meta["experts"], meta["units"], meta["tower"], labels.shape[1])
    if not lazy:
        table = torch.nn.Parameter(table)
    optimizer = torch.optim.Adam(list(net.parameters()) + ([] if lazy else [table]), lr=1e-3, foreach=True)
    m, v = (torch.zeros(total, embed), torch.zeros(total, embed)) if lazy else (None, None)
    order = torch.randperm(rows)
    step, loss_value = 0, 0.0
    warm, seconds = 20, meta["seconds"]
    started = None
    while True:
        at = (step * batch) % (rows - batch)
        pick = order[at : at + batch]
        flat = (ids[pick].long() + offsets).view(-1)
        if lazy:
            unique, inverse = torch.unique(flat, return_inverse=True)
            picked = table[unique].requires_grad_()
            x = picked[inverse].view(batch, width * embed)
        else:
            x = F.embedding(flat, table).view(batch, width * embed)
        logits = net(torch.cat([x, dense[pick]], 1))
        loss = F.binary_cross_entropy_with_logits(logits, labels[pick], reduction="sum") / batch
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        if lazy:
            with torch.no_grad():
                g = picked.grad
                mu = m[unique].mul_(0.9).add_(g, alpha=0.1)
                vu = v[unique].mul_(0.999).addcmul_(g, g, value=0.001)
                m[unique], v[unique] = mu, vu
                scale = 1e-3 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
                table[unique] = picked.detach() - scale * mu / (vu.sqrt() + 1e-8)
        loss_value = loss.item()
        if step == warm:
            started = time.perf_counter()
        if started is not None and time.perf_counter() - started > seconds:
            break
    took = time.perf_counter() - started
    steps = step - warm
    print(json.dumps({"rowsPerSecond": steps * batch / took, "msPerStep": 1000 * took / steps, "loss": loss_value}))


main()
