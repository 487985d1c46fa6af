"""Predictions of an artifact in Python's TensorFlow: python predict.py ARTIFACT ROWS.jsonl

Prints a line of JSON for each row, with the value of every served task and chain by its name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import tensorflow as tf
from encoding import Encoder, Row

# Rows of a call. The graph takes any number.
BATCH = 1024


def predict(artifact: str, rows: list[Row]) -> Iterator[dict[str, float]]:
    """The served values of each row, in the order of the rows."""
    encode = Encoder(artifact)
    # The model has to stay referenced as long as its signatures are called.
    model = tf.saved_model.load(str(Path(artifact) / "saved_model"))
    signature = model.signatures["serving_default"]
    _, inputs = signature.structured_input_signature
    for start in range(0, len(rows), BATCH):
        feeds = encode(rows[start : start + BATCH])
        # A model without features that have ids has no input of ids.
        outputs = signature(**{name: tf.constant(feeds[name]) for name in inputs})
        columns = {name: tensor.numpy().tolist() for name, tensor in outputs.items()}
        for index in range(len(feeds["ids"])):
            yield {name: values[index] for name, values in columns.items()}


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    artifact, path = sys.argv[1:]
    with open(path, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    for prediction in predict(artifact, rows):
        print(json.dumps(prediction))


if __name__ == "__main__":
    main()
