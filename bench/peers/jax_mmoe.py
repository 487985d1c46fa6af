#!/usr/bin/env python3
"""A peer of `mtlc train`: an MMoE in JAX, several steps a call by `lax.scan`, state donated, one merged table; lazy Adam on the touched
rows of a large table, whose different ids the host finds.

usage: jax_mmoe.py FOLDER      (worker.py says what it answers)
"""
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from worker import Dedupe, first_weights, serve


def logits(shape, weights, rows, numbers):
    """rows: [B, features, embed]"""
    batch = rows.shape[0]
    x = jnp.concatenate([rows.reshape(batch, -1), numbers], 1)
    f = jax.nn.relu(x @ weights["pool"] + weights["pool_bias"]).reshape(batch, shape.experts, shape.units)
    g = jax.nn.softmax((x @ weights["gates"]).reshape(batch, shape.tasks, shape.experts))
    mix = jnp.einsum("bte,beu->tbu", g, f)
    h = jax.nn.relu(mix @ weights["w1"] + weights["b1"])
    return (h @ weights["w2"] + weights["b2"])[:, :, 0].T


def loss_of(shape, weights, rows, numbers, labels):
    z = logits(shape, weights, rows, numbers)
    return jnp.sum(jax.nn.softplus(z) - labels * z) / rows.shape[0]


def moved(weight, m, v, gradient, scale):
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient * gradient
    return weight - scale * m / (jnp.sqrt(v) + 1e-8), m, v


def adam(weights, moments, gradients, scale):
    parts = {name: moved(weights[name], *moments[name], gradients[name], scale) for name in weights}
    return {name: w for name, (w, _, _) in parts.items()}, {name: (m, v) for name, (_, m, v) in parts.items()}


def scale_of(rate, step):
    return rate * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)


def dense_step(shape, state, batch):
    weights, moments, step = state
    ids, numbers, labels = batch
    step = step + 1

    def loss(all):
        return loss_of(shape, {k: v for k, v in all.items() if k != "table"}, all["table"][ids], numbers, labels)

    value, gradients = jax.value_and_grad(loss)(weights)
    weights, moments = adam(weights, moments, gradients, scale_of(shape.rate, step))
    return (weights, moments, step), value


def lazy_step(shape, state, batch):
    weights, moments, table, m, v, step = state
    unique, inverse, numbers, labels = batch
    step = step + 1
    # Places that no id fills are past the end of the table: they read what is never used, and write nothing.
    take = lambda array: array.at[unique].get(mode="clip")
    put = lambda array, rows: array.at[unique].set(rows, mode="drop", unique_indices=True)
    picked = take(table)
    loss = lambda weights, picked: loss_of(shape, weights, picked[inverse], numbers, labels)
    value, (gradients, by_row) = jax.value_and_grad(loss, (0, 1))(weights, picked)
    scale = scale_of(shape.rate, step)
    weights, moments = adam(weights, moments, gradients, scale)
    rows, m_rows, v_rows = moved(picked, take(m), take(v), by_row, scale)
    return (weights, moments, put(table, rows), put(m, m_rows), put(v, v_rows), step), value


class Peer:
    def __init__(self, data):
        shape = self.shape = data.shape
        self.versions = f"JAX {jax.__version__}"
        self.steps = 8 if shape.lazy else 16
        self.data = data.train
        self.ids = data.train.ids + shape.offsets
        self.dedupe = Dedupe(shape.total, shape.batch * shape.features)
        body = partial(lazy_step if shape.lazy else dense_step, shape)
        self.run = jax.jit(lambda state, batches: lax.scan(body, state, batches), donate_argnums=0)
        self.infer = jax.jit(lambda weights, table, ids, numbers: jax.nn.sigmoid(logits(shape, weights, table[ids], numbers)))
        self.product = jax.jit(jnp.matmul)

    def start(self, seed):
        weights, table = first_weights(self.shape, seed)
        if not self.shape.lazy:
            weights["table"] = table
        moments = {name: (np.zeros_like(each), np.zeros_like(each)) for name, each in weights.items()}
        zero = np.float32(0)
        state = (weights, moments, table, np.zeros_like(table), np.zeros_like(table), zero) if self.shape.lazy else (weights, moments, zero)
        self.state = jax.device_put(jax.tree.map(jnp.array, state))

    def train(self, picks):
        all = np.stack(picks)
        ids, numbers, labels = (each[all] for each in (self.ids, self.data.numbers, self.data.labels))
        if self.shape.lazy:
            unique = np.full((len(picks), self.shape.batch * self.shape.features), self.shape.total, np.int32)
            inverse = np.empty_like(ids)
            for at, each in enumerate(ids):
                found, where = self.dedupe(each.reshape(-1))
                unique[at, : len(found)], inverse[at] = found, where.reshape(each.shape)
            batches = (unique, inverse, numbers, labels)
        else:
            batches = (ids, numbers, labels)
        self.state, losses = self.run(self.state, batches)
        return float(losses[-1])

    def predict(self, ids, numbers):
        weights = self.state[0]
        table = self.state[2] if self.shape.lazy else weights["table"]
        size, parts = 8192, []
        for at in range(0, len(ids), size):
            part, beside = ids[at : at + size] + self.shape.offsets, numbers[at : at + size]
            fill = ((0, size - len(part)), (0, 0))
            parts.append(np.asarray(self.infer(weights, table, np.pad(part, fill), np.pad(beside, fill)))[: len(part)])
        return np.concatenate(parts)

    matrix = staticmethod(jnp.array)

    def multiply(self, x, y):
        self.product(x, y).block_until_ready()


if __name__ == "__main__":
    serve(Peer)
