"""Predicts with SavedModels: a line of JSON {folder, feeds} in, a line of values by head out."""

import json
import sys

import numpy as np
import tensorflow as tf

for line in sys.stdin:
    case = json.loads(line)
    model = tf.saved_model.load(case["folder"])
    signature = model.signatures["serving_default"]
    types = signature.structured_input_signature[1]
    feeds = {
        name: tf.constant(np.reshape(feed["data"], feed["shape"]), types[name].dtype)
        for name, feed in case["feeds"].items()
    }
    print(json.dumps({name: value.numpy().tolist() for name, value in signature(**feeds).items()}))
