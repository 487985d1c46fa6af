#!/usr/bin/env python3
"""A peer of `mtlc train`: an MMoE in TensorFlow without Keras, in a loop of its own: `tf.function(jit_compile=True)` around the step, several
steps a call in a loop of the graph, one merged table. Of a large table Adam moves only the touched rows, and only what has fixed sizes is
compiled: the network, its gradients and its Adam.

usage: tensorflow_mmoe.py FOLDER      (worker.py says what it answers)
"""
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import numpy as np
import tensorflow as tf

from worker import first_weights, serve


def logits(shape, weights, x):
    f = tf.reshape(tf.nn.relu(x @ weights["pool"] + weights["pool_bias"]), [-1, shape.experts, shape.units])
    g = tf.nn.softmax(tf.reshape(x @ weights["gates"], [-1, shape.tasks, shape.experts]))
    mix = tf.transpose(g @ f, [1, 0, 2])
    h = tf.nn.relu(mix @ weights["w1"] + weights["b1"])
    return tf.transpose(tf.squeeze(h @ weights["w2"] + weights["b2"], -1))


class Peer:
    steps = 16

    def __init__(self, data):
        shape = self.shape = data.shape
        tf.config.threading.set_intra_op_parallelism_threads(shape.threads)
        tf.config.threading.set_inter_op_parallelism_threads(shape.threads)
        self.versions = f"TensorFlow {tf.__version__}"
        self.data, self.ids = data.train, data.train.ids + shape.offsets
        variable = lambda value: tf.Variable(tf.zeros_like(value), trainable=False)
        self.weights = {name: variable(value) for name, value in first_weights(shape, 1)[0].items()}
        self.moments = {name: (variable(each), variable(each)) for name, each in self.weights.items()}
        self.table, self.m, self.v = (tf.Variable(tf.zeros([shape.total, shape.embed]), trainable=False) for _ in range(3))
        self.done = tf.Variable(0.0, trainable=False)
        self.positions = tf.range(shape.batch * shape.features, dtype=tf.int64)
        self.ones = tf.ones([shape.batch * shape.features])
        self.inner = tf.function(self.dense_part, jit_compile=True)
        step = self.lazy_step if shape.lazy else tf.function(self.dense_step, jit_compile=True)

        @tf.function
        def run(ids, numbers, labels):
            loss = tf.constant(0.0)
            for at in tf.range(tf.shape(ids)[0]):
                loss = step(ids[at], numbers[at], labels[at])
            return loss

        self.run = run
        self.infer = tf.function(lambda ids, numbers: tf.nn.sigmoid(logits(shape, self.weights, self.inputs(tf.gather(self.table, ids), numbers))))
        self.product = tf.function(tf.matmul)

    def inputs(self, rows, numbers):
        return tf.concat([tf.reshape(rows, [-1, self.shape.features * self.shape.embed]), numbers], 1)

    def start(self, seed):
        weights, table = first_weights(self.shape, seed)
        for name, value in weights.items():
            self.weights[name].assign(value)
            for moment in self.moments[name]:
                moment.assign(tf.zeros_like(moment))
        self.table.assign(table)
        for each in (self.m, self.v, self.done):
            each.assign(tf.zeros_like(each))

    def scale(self):
        return self.shape.rate * tf.sqrt(1 - 0.999**self.done) / (1 - 0.9**self.done)

    @staticmethod
    def moved(weight, m, v, gradient, scale):
        m = 0.9 * m + 0.1 * gradient
        v = 0.999 * v + 0.001 * gradient * gradient
        return weight - scale * m / (tf.sqrt(v) + 1e-8), m, v

    def adam(self, variables, gradient, scale):
        for variable, value in zip(variables, self.moved(*variables, gradient, scale)):
            variable.assign(value)

    def dense_part(self, rows, numbers, labels):
        """Loss and the gradient of the rows; moves the weights."""
        sources = [rows, *self.weights.values()]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(sources)
            z = logits(self.shape, self.weights, self.inputs(rows, numbers))
            loss = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels, z)) / self.shape.batch
        by_row, *rest = tape.gradient(loss, sources)
        self.done.assign_add(1.0)
        scale = self.scale()
        for name, gradient in zip(self.weights, rest):
            self.adam((self.weights[name], *self.moments[name]), gradient, scale)
        return loss, by_row

    def dense_step(self, ids, numbers, labels):
        """All of a step in one compiled function."""
        flat = tf.reshape(ids, [-1])
        loss, by_row = self.dense_part(tf.gather(self.table, flat), numbers, labels)
        gradient = tf.math.unsorted_segment_sum(by_row, flat, self.shape.total)
        self.adam((self.table, self.m, self.v), gradient, self.scale())
        return loss

    def sums(self, by_row, inverse, count):
        """By a sparse matrix of ones: half the time of `unsorted_segment_sum`, which sets up a vector operation a row."""
        at = tf.stack([tf.cast(inverse, tf.int64), self.positions], 1)
        shape = tf.cast(tf.stack([count, self.positions.shape[0]]), tf.int64)
        return tf.raw_ops.SparseTensorDenseMatMul(a_indices=at, a_values=self.ones, a_shape=shape, b=by_row)

    def lazy_step(self, ids, numbers, labels):
        unique, inverse = tf.unique(tf.reshape(ids, [-1]))
        picked = tf.gather(self.table, unique)
        loss, by_row = self.inner(tf.gather(picked, inverse), numbers, labels)
        gradient = self.sums(by_row, inverse, tf.shape(unique)[0])
        rows, m, v = self.moved(picked, tf.gather(self.m, unique), tf.gather(self.v, unique), gradient, self.scale())
        for variable, values in ((self.table, rows), (self.m, m), (self.v, v)):
            tf.raw_ops.ResourceScatterUpdate(resource=variable.handle, indices=unique, updates=values)
        return loss

    def train(self, picks):
        all = np.stack(picks)
        return float(self.run(*(tf.constant(each[all]) for each in (self.ids, self.data.numbers, self.data.labels))))

    def predict(self, ids, numbers):
        parts = [slice(at, at + 8192) for at in range(0, len(ids), 8192)]
        return np.concatenate([self.infer(ids[part] + self.shape.offsets, numbers[part]).numpy() for part in parts])

    matrix = staticmethod(tf.constant)

    def multiply(self, x, y):
        self.product(x, y).numpy()


if __name__ == "__main__":
    serve(Peer)
