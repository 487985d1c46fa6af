"""What the training peers share: the encoded rows that the benchmark wrote, the order of batches, AUC, and the protocol by which peers
take turns. A peer is a process that is started once, compiles and warms up, says `{"ready": …}`, and then answers a line of JSON for each
line of JSON on its standard input:

    {"kind": "measure", "seconds": 4}          trains on for that long    → {"rows": …, "seconds": …, "loss": …}
    {"kind": "epochs", "epochs": 1, "seed": 1} from first weights on      → {"seconds": …, "auc": {"income": …}}
    {"kind": "product"}                        products of two 1,024 × 1,024 matrices → {"gflops": …}

A peer is an object with
    steps                         batches of a call of `train`, at least 1; the rest of an epoch comes one by one
    start(seed)                   first weights
    train(picks)                  a step for each of these index arrays [batch]; returns the last loss, when all are done
    predict(ids, numbers)         probabilities [rows, tasks]; ids as in `Rows`
    multiply(x, y)                a product of two float32 matrices, done when it returns; x and y are what `matrix(array)` made
    versions                      what it runs on, in words
"""
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SIDE = 1024


@dataclass(frozen=True)
class Rows:
    """ids int32 [n, features], each feature's from 0; numbers float32 [n, k]; labels float32 [n, tasks]."""

    ids: np.ndarray
    numbers: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.ids)


@dataclass(frozen=True)
class Shape:
    """The model that all train. `sizes`: rows of each feature's table; a table of more than `lazy_from` rows in all is updated lazily."""

    sizes: list
    embed: int
    experts: int
    units: int
    tower: int
    tasks: int
    numbers: int
    batch: int
    rate: float
    threads: int

    @property
    def features(self):
        return len(self.sizes)

    @property
    def total(self):
        return int(sum(self.sizes))

    @property
    def width(self):
        return self.features * self.embed + self.numbers

    @property
    def lazy(self):
        return self.total > 100_000

    @property
    def offsets(self):
        """Where each feature begins in the table that all share."""
        return np.concatenate([[0], np.cumsum(self.sizes)[:-1]]).astype(np.int32)


@dataclass(frozen=True)
class Data:
    shape: Shape
    heads: list
    train: Rows
    test: Rows


def read(folder):
    """The data of a workload, as bench/training/workloads.ts writes it."""
    folder = Path(folder)
    meta = json.loads((folder / "meta.json").read_text())

    def rows(role):
        array = lambda name, kind, width: np.fromfile(folder / f"{role}-{name}.bin", kind).reshape(-1, width)
        return Rows(
            array("ids", np.int32, meta["idWidth"]),
            array("numbers", np.float32, meta["numberWidth"]),
            array("labels", np.float32, len(meta["heads"])),
        )

    names = ("sizes", "embed", "experts", "units", "tower", "batch", "rate", "threads")
    shape = Shape(**{name: meta[name] for name in names}, tasks=len(meta["heads"]), numbers=meta["numberWidth"])
    return Data(shape, meta["heads"], rows("train"), rows("test"))


def glorot(generator, *dims, units=None):
    """Uniform in ±√(6 / (in + out)), as mtlc begins; `units`: the outputs of one of several networks that are one product."""
    limit = (6 / (dims[-2] + (units or dims[-1]))) ** 0.5
    return generator.uniform(-limit, limit, dims).astype(np.float32)


def first_weights(shape, seed):
    """What programs by hand begin with: weights by Glorot, biases 0, and a table of deviation 0.05."""
    generator = np.random.default_rng(seed)
    zeros = lambda *dims: np.zeros(dims, np.float32)
    e, u, t, k = shape.experts, shape.units, shape.tower, shape.tasks
    weights = {
        "pool": glorot(generator, shape.width, e * u, units=u),
        "pool_bias": zeros(e * u),
        "gates": glorot(generator, shape.width, k * e, units=e),
        "w1": glorot(generator, k, u, t),
        "b1": zeros(k, 1, t),
        "w2": glorot(generator, k, t, 1),
        "b2": zeros(k, 1, 1),
    }
    return weights, generator.standard_normal((shape.total, shape.embed), np.float32) * np.float32(0.05)


def batches(rows, batch, seed):
    """Endless index arrays [batch]. The file has the order of our own first epoch of seed 1; all else is a permutation of the seed."""
    generator = np.random.default_rng(seed)
    order = np.arange(rows) if seed == 1 else generator.permutation(rows)
    while True:
        for at in range(0, rows - batch + 1, batch):
            yield order[at : at + batch]
        order = generator.permutation(rows)


class Dedupe:
    """The different ids of a batch and where each position's is among them, by a scratch array: a fifth of the time of a sort."""

    def __init__(self, total, positions):
        self.owner, self.range = np.empty(total, np.int32), np.arange(positions, dtype=np.int32)

    def __call__(self, flat):
        self.owner[flat] = self.range
        owner = self.owner[flat]
        first = owner == self.range
        rank = np.cumsum(first, dtype=np.int32) - 1
        return flat[first], rank[owner]


def auc(labels, scores):
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positive = labels > 0.5
    hits, misses = positive.sum(), (~positive).sum()
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * misses))


def scores(peer, data):
    """AUC of each head on the test rows."""
    found = np.asarray(peer.predict(data.test.ids, data.test.numbers))
    return {head: auc(data.test.labels[:, at], found[:, at]) for at, head in enumerate(data.heads)}


def train_epochs(peer, data, epochs, seed):
    """From first weights on; returns the last loss. Rows that fill no batch are left out."""
    batch = data.shape.batch
    peer.start(seed)
    order = batches(len(data.train), batch, seed)
    left, loss = epochs * (len(data.train) // batch), float("nan")
    while left > 0:
        steps = peer.steps if left >= peer.steps else 1
        loss = peer.train([next(order) for _ in range(steps)])
        left -= steps
    return loss


def serve(create):
    """Runs a peer: `create(data)` makes it; the only argument is the folder of the data."""
    began = time.perf_counter()
    # What libraries print is not an answer.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(**values):
        out.write(json.dumps(values) + "\n")
        out.flush()

    data = read(sys.argv[1])
    peer = create(data)
    batch = data.shape.batch
    peer.start(1)
    order = batches(len(data.train), batch, 1)
    peer.train([next(order) for _ in range(peer.steps)])
    first = time.perf_counter() - began
    # Steps of one batch are compiled apart; and a compiler that specialises does so in the first few.
    for steps in (1, *[peer.steps] * (1 + 20 // peer.steps)):
        peer.train([next(order) for _ in range(steps)])
    answer(ready=True, firstStep=first, versions=peer.versions)
    for line in sys.stdin:
        request = json.loads(line)
        if request["kind"] == "measure":
            rows, start = 0, time.perf_counter()
            while True:
                loss = peer.train([next(order) for _ in range(peer.steps)])
                rows += peer.steps * batch
                took = time.perf_counter() - start
                if took >= request["seconds"]:
                    break
            answer(rows=rows, seconds=took, loss=loss)
        elif request["kind"] == "epochs":
            start = time.perf_counter()
            train_epochs(peer, data, request["epochs"], request["seed"])
            answer(seconds=time.perf_counter() - start, auc=scores(peer, data))
        elif request["kind"] == "product":
            answer(gflops=measure_products(peer))


def measure_products(peer):
    generator = np.random.default_rng(1)
    x, y = (peer.matrix(generator.standard_normal((SIDE, SIDE), np.float32)) for _ in range(2))
    times, end = [], time.perf_counter() + 1
    while time.perf_counter() < end:
        start = time.perf_counter()
        peer.multiply(x, y)
        times.append(time.perf_counter() - start)
    return 2 * SIDE**3 / float(np.median(times)) / 1e9
