"""Trains the programs of systems/ by PyTorch's Adam in float64.

In: JSON on standard input with the CSV file of the rows and, for each system, its first weights and the normal numbers of its
gates. Out: for each system the losses of every step, or the trace of what went wrong, as JSON.
"""

import csv
import importlib.util
import json
import pathlib
import sys
import traceback

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
FOLDER = pathlib.Path(__file__).parent / "systems"
sys.path.insert(0, str(FOLDER))


class Weights(dict):
    """First weights by name; remembers which of them a program has read."""

    def __init__(self, weights):
        super().__init__(weights)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        return self[name] if name in self else default


def read_rows(path):
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    # Numbers are read as single precision, and id 0 is that of values which are not listed.
    number = lambda name: torch.tensor([float(row[name] or 0) for row in rows], dtype=torch.float32).double()
    one_id = lambda text: int(text[1:]) + 1
    histories = [[one_id(item) for item in row["history"].split("|") if item] for row in rows]
    return {
        **{name: number(name) for name in ("x", "y", "click", "buy", "delay", "elapsed", "spent")},
        **{name: torch.tensor([one_id(row[name]) for row in rows]) for name in ("user", "item")},
        "history": torch.tensor([items + [-1] * (5 - len(items)) for items in histories]),
        "request": torch.tensor([int(row["request"]) for row in rows]),
    }


def train(name, rows, batch_size, job):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    weights = Weights(
        {
            key: torch.tensor(value["data"], dtype=torch.float64).reshape(value["shape"]).requires_grad_(True)
            for key, value in job["weights"].items()
        }
    )
    optimizer = torch.optim.Adam(list(weights.values()), lr=0.01)
    balance = program.Balance() if hasattr(program, "Balance") else None
    found = []
    for step, begin in enumerate(range(0, len(rows["x"]), batch_size)):
        batch = {key: value[begin : begin + batch_size] for key, value in rows.items()}
        count = len(batch["x"])
        batch["noise"] = [
            torch.tensor(gate[step]).reshape(batch_size, -1)[:count] for gate in job["noise"]
        ]
        optimizer.zero_grad()
        if balance is None:
            terms = program.losses(weights, batch)
            total = sum(scale * loss for scale, loss in terms.values())
            total.backward()
        else:
            terms, shared = program.losses(weights, batch)
            total = sum(loss for _, loss in terms.values())
            balance.backward([loss for _, loss in terms.values()], shared)
        optimizer.step()
        found.append({"loss": float(total), **{title: float(loss) for title, (_, loss) in terms.items()}})
    unread = set(weights) - weights.read
    if unread:
        raise KeyError(f"never read: {sorted(unread)}")
    return found


def attempt(name, rows, batch_size, job):
    try:
        return {"losses": train(name, rows, batch_size, job)}
    except Exception:
        return {"error": traceback.format_exc()}


request = json.load(sys.stdin)
table = read_rows(request["rows"])
print(json.dumps({name: attempt(name, table, request["batch"], job) for name, job in request["systems"].items()}))
