"""Checks and runs models in ONNX: a line of JSON {file, feeds} in, a line of values by output out."""

import json
import sys

import numpy as np
import onnx
import onnxruntime as ort

ort.set_default_logger_severity(3)
TYPES = {"string": object, "int64": np.int64, "int32": np.int32, "float32": np.float32, "float64": np.float64}


def to_array(feed):
    kind, data = feed["type"], feed["data"]
    if kind != "string":
        data = [float(x) if kind.startswith("float") else int(x) for x in data]
    return np.array(data, dtype=TYPES[kind]).reshape(feed["shape"])


for line in sys.stdin:
    case = json.loads(line)
    onnx.checker.check_model(case["file"], full_check=True)
    session = ort.InferenceSession(case["file"], providers=["CPUExecutionProvider"])
    found = session.run(None, {name: to_array(feed) for name, feed in case["feeds"].items()})
    outputs = [output.name for output in session.get_outputs()]
    print(json.dumps({name: values.tolist() for name, values in zip(outputs, found)}))
