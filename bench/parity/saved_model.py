"""Predicts with SavedModels: a line of JSON {folder, feeds} in; a line of values by head, or of an error, out."""

import json
import sys

import numpy as np
import tensorflow as tf


def predict(case):
    model = tf.saved_model.load(case["folder"])
    signature = model.signatures["serving_default"]
    types = signature.structured_input_signature[1]
    feeds = {
        name: tf.constant(np.reshape(feed["data"], feed["shape"]), types[name].dtype)
        for name, feed in case["feeds"].items()
    }
    return {name: value.numpy().tolist() for name, value in signature(**feeds).items()}


for line in sys.stdin:
    try:
        print(json.dumps(predict(json.loads(line))))
    except Exception as error:
        print(json.dumps(f"error: {str(error).strip().splitlines()[-1]}"))
