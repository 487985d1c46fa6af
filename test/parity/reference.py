"""Trains the models of network.py with optimizers, schedules and clipping written from docs/language.md.

In: a JSON list of runs on standard input, each with a model's name, a CSV file and the first weights. Out: for each, the
weights after its steps and its mean losses, as JSON.
"""

import csv
import json
import math
import struct
import sys

import network
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
BATCH = 64


def read_weights(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    found = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        found[name] = flat.double().reshape(entry["shape"]).clone()
    return found


def read_rows(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    single = lambda text: torch.tensor(text, dtype=torch.float32).double()
    column = lambda name: (
        single([float(row[name] or 0) for row in rows]),
        torch.tensor([row[name] != "" for row in rows]),
    )
    ids = lambda name: torch.tensor([int(row[name][1:]) + 1 for row in rows])
    tags = [[int(tag[1:]) + 1 for tag in row["tags"].split("|") if tag][:3] for row in rows]
    return {
        "a": ids("a"),
        "b": ids("b"),
        "tags": torch.tensor([tag + [-1] * (3 - len(tag)) for tag in tags]),
        "numbers": single([[float(row["x"]), float(row["y"])] for row in rows]),
        "weight": single([float(row["w"]) for row in rows]),
        **{name: column(name) for name in ("click", "buy", "stay")},
    }


def part_of(rows, begin, end):
    return {
        name: tuple(part[begin:end] for part in value) if isinstance(value, tuple) else value[begin:end]
        for name, value in rows.items()
    }


def used_rows(batch, weights):
    """The rows of each table that some row of the batch uses; padding of a bag uses none."""
    used = {}
    for name in ("a", "b", "tags"):
        ids = batch[name].reshape(-1)
        mask = torch.zeros(len(weights[f"{name}.embedding"]), dtype=torch.bool)
        mask[ids[ids >= 0]] = True
        used[f"{name}.embedding"] = mask
    return used


# --------------------------------------------------------------------------------------------------------- optimizers


def adam(decay=0.0):
    def rule(value, gradient, slots, rate, time):
        first = 0.9 * slots.get("first", 0) + 0.1 * gradient
        second = 0.999 * slots.get("second", 0) + 0.001 * gradient**2
        step = (first / (1 - 0.9**time)) / ((second / (1 - 0.999**time)).sqrt() + 1e-8)
        return value - rate * step - rate * decay * value, {"first": first, "second": second}

    return rule


def adagrad(value, gradient, slots, rate, time):
    total = slots.get("total", torch.full_like(value, 0.1)) + gradient**2
    return value - rate * gradient / (total.sqrt() + 1e-7), {"total": total}


def nesterov(value, gradient, slots, rate, time):
    velocity = 0.8 * slots.get("velocity", 0) + gradient
    return value - rate * (gradient + 0.8 * velocity), {"velocity": velocity}


def warm(steps, factor):
    return lambda step: min(1, (step + 1) / steps) * factor(max(0, step - steps))


def clip_norm(gradients, limit):
    norm = math.sqrt(sum(float(gradient.square().sum()) for gradient in gradients.values()))
    return {name: gradient * min(1, limit / norm) if norm > 0 else gradient for name, gradient in gradients.items()}


def clip_value(gradients, limit):
    return {name: gradient.clamp(-limit, limit) for name, gradient in gradients.items()}


# What each spec's `train` says: (model, optimizer, lr, factor of the step, clipping, sparse tables).
SETTINGS = {
    "mmoe": (
        network.mmoe,
        adam(),
        1e-2,
        warm(10, lambda step: 0.1 + 0.9 * (1 + math.cos(math.pi * min(1, step / 80))) / 2),
        lambda gradients: clip_norm(gradients, 0.5),
        False,
    ),
    "ple": (network.ple, adagrad, 0.05, warm(5, lambda step: 0.5 ** (step / 30)), lambda g: clip_value(g, 0.02), True),
    "esmm": (
        network.esmm,
        adam(0.1),
        0.01,
        warm(7, lambda step: 1 - 0.8 * min(1, step / 90)),
        lambda gradients: clip_norm(gradients, 0.3),
        True,
    ),
    "watch": (network.watch, nesterov, 0.02, warm(3, lambda step: 0.5 ** (step // 20)), lambda g: g, True),
    "norms": (network.norms, adam(), 0.01, warm(20, lambda step: 1), lambda g: g, True),
}


def train(name, path, first):
    model, rule, rate, factor, clip, sparse = SETTINGS[name]
    weights = read_weights(first)
    trained = [each for each in weights if not each.endswith((".mean", ".variance"))]
    rows = read_rows(path)
    count = len(rows["a"])
    slots = {each: {} for each in trained}
    sums = {}
    for step, begin in enumerate(range(0, count, BATCH)):
        batch = part_of(rows, begin, begin + BATCH)
        used = used_rows(batch, weights)
        leaves = {each: weights[each].requires_grad_(True) for each in trained}
        statistics = {}
        terms = model(weights, batch, used if sparse else None, statistics)
        loss = sum(scale * value for _, scale, value in terms)
        found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True)
        gradients = clip(
            {
                each: torch.zeros_like(leaf) if gradient is None else gradient
                for (each, leaf), gradient in zip(leaves.items(), found)
            }
        )
        for title, value in [("loss", loss), *((title, value) for title, _, value in terms)]:
            sums[title] = sums.get(title, 0.0) + float(value) * len(batch["a"])
        for each in trained:
            old = weights[each].detach()
            new, remembered = rule(old, gradients[each], slots[each], rate * factor(step), step + 1)
            if sparse and each in used:
                mask = used[each].unsqueeze(1)
                new = torch.where(mask, new, old)
                blank = rule(old, torch.zeros_like(old), {}, 0.0, 1)[1]
                remembered = {key: torch.where(mask, now, slots[each].get(key, blank[key])) for key, now in remembered.items()}
            weights[each], slots[each] = new, remembered
        weights.update(statistics)
    return {
        "losses": {title: total / count for title, total in sums.items()},
        "weights": {each: value.detach().reshape(-1).tolist() for each, value in weights.items()},
    }


print(json.dumps([train(run["name"], run["rows"], run["first"]) for run in json.load(sys.stdin)]))
