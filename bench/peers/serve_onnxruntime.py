#!/usr/bin/env python3
"""A peer of `mtlc serve`: FastAPI with onnxruntime.   usage: serve_onnxruntime.py ARTIFACT MODEL.onnx PORT WORKERS"""
import os
import sys
from pathlib import Path

import onnxruntime as ort

from serving import create_app, serve


def open_model(path: str):
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda ids, numbers: dict(zip(names, session.run(names, {"ids": ids, "numbers": numbers})))


if __name__ == "__main__":
    os.environ["PEER_ARTIFACT"], os.environ["PEER_MODEL"] = sys.argv[1:3]
    serve("serve_onnxruntime:app", int(sys.argv[3]), int(sys.argv[4]))
else:
    app = create_app(Path(os.environ["PEER_ARTIFACT"]), open_model(os.environ["PEER_MODEL"]))
