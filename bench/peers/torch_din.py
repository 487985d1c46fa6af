#!/usr/bin/env python3
"""The peer of `mtlc train` on a DIN: Zhou et al. 2018 in PyTorch by hand, as its public ports are written (target and
history side by side, Dice, a masked weighted sum), with what is cheap to have on a CPU: no DataLoader, and lazy Adam on the
touched rows of the tables. Reads encoded arrays that the benchmark wrote, trains for some seconds, and prints one JSON line:
{"rowsPerSecond": ..., "loss": ...}.

usage: torch_din.py FOLDER      (FOLDER/meta.json says what the arrays are)
"""
import json, sys, time
import numpy as np
import torch
import torch.nn.functional as F


class Dice(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(width, affine=False, eps=1e-8)
        self.alpha = torch.nn.Parameter(torch.zeros(width))

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        p = torch.sigmoid(self.norm(flat)).view(x.shape)
        return x * (p + self.alpha * (1 - p))


class Attention(torch.nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        layers, last = [], 4 * width
        for units in hidden:
            layers += [torch.nn.Linear(last, units), torch.nn.Sigmoid()]
            last = units
        self.score = torch.nn.Sequential(*layers, torch.nn.Linear(last, 1))

    def forward(self, target, history, mask):
        query = target.unsqueeze(1).expand_as(history)
        pairs = torch.cat([query, history, query - history, query * history], -1)
        weights = self.score(pairs).squeeze(-1) * mask
        return torch.bmm(weights.unsqueeze(1), history).squeeze(1)


class Net(torch.nn.Module):
    def __init__(self, user, width, hidden, tower):
        super().__init__()
        self.attention = Attention(width, hidden)
        layers, last = [], user + 2 * width
        for units in tower:
            layers += [torch.nn.Linear(last, units), Dice(units)]
            last = units
        self.tower = torch.nn.Sequential(*layers, torch.nn.Linear(last, 1))

    def forward(self, user, target, history, mask):
        interest = self.attention(target, history, mask)
        return self.tower(torch.cat([user, target, interest], -1)).squeeze(-1)


class Table:
    """Rows with lazy Adam: a step sees and moves those that a batch looks up."""

    def __init__(self, rows, width):
        self.rows = torch.randn(rows, width) * 0.05
        self.m, self.v = torch.zeros(rows, width), torch.zeros(rows, width)

    def look_up(self, ids):
        self.unique, inverse = torch.unique(ids, return_inverse=True)
        self.picked = self.rows[self.unique].requires_grad_()
        return F.embedding(inverse, self.picked)

    @torch.no_grad()
    def move(self, step):
        g = self.picked.grad
        m = self.m[self.unique].mul_(0.9).add_(g, alpha=0.1)
        v = self.v[self.unique].mul_(0.999).addcmul_(g, g, value=0.001)
        self.m[self.unique], self.v[self.unique] = m, v
        scale = 1e-3 * (1 - 0.999**step) ** 0.5 / (1 - 0.9**step)
        self.rows[self.unique] = self.picked - scale * m / (v.sqrt() + 1e-8)


def main():
    folder = sys.argv[1]
    meta = json.load(open(f"{folder}/meta.json"))
    torch.manual_seed(1)
    torch.set_num_threads(meta["threads"])
    rows, batch, length = meta["rows"], meta["batch"], meta["length"]
    # user, item, category, then the items and the categories of the history; -1 where there is none.
    ids = torch.from_numpy(np.fromfile(f"{folder}/ids.bin", np.int32).reshape(rows, 3 + 2 * length)).long()
    labels = torch.from_numpy(np.fromfile(f"{folder}/labels.bin", np.float32))
    users = Table(meta["users"], meta["user"])
    items = Table(meta["items"], meta["item"])
    categories = Table(meta["categories"], meta["category"])
    tables = [users, items, categories]
    net = Net(meta["user"], meta["item"] + meta["category"], meta["hidden"], meta["tower"])
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, foreach=True)
    order = torch.randperm(rows)
    step, warm, seconds, started, loss_value = 0, 10, meta["seconds"], None, 0.0
    while True:
        at = (step * batch) % (rows - batch)
        picked = ids[order[at : at + batch]]
        truth = labels[order[at : at + batch]]
        # Target first: position 0 of the item and of the category columns.
        item_ids = torch.cat([picked[:, 1:2], picked[:, 3 : 3 + length]], 1)
        category_ids = torch.cat([picked[:, 2:3], picked[:, 3 + length :]], 1)
        mask = (item_ids[:, 1:] >= 0).float()
        both = torch.cat([items.look_up(item_ids.clamp(min=0)), categories.look_up(category_ids.clamp(min=0))], -1)
        logits = net(users.look_up(picked[:, 0]), both[:, 0], both[:, 1:], mask)
        loss = F.binary_cross_entropy_with_logits(logits, truth)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        step += 1
        for table in tables:
            table.move(step)
        loss_value = loss.item()
        if step == warm:
            started = time.perf_counter()
        if started is not None and time.perf_counter() - started > seconds:
            break
    took = time.perf_counter() - started
    steps = step - warm
    print(json.dumps({"rowsPerSecond": steps * batch / took, "loss": loss_value}))


main()
