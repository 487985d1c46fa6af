#!/usr/bin/env python3
"""Peers of `loadPredictor` on arrays that are ready: the census MMoE in PyTorch by hand, traced and frozen, or the model of an artifact in
onnxruntime. Answers {"kind": "predict", "rows": 100, "seconds": 0.5} with the median call: {"milliseconds": …}; worker.py says how lines go.

usage: predict_ready.py torch FOLDER             (worker.py says what the folder holds)
       predict_ready.py onnxruntime FOLDER       (model.onnx; feeds.json: {"ids": {"type": "int32", "shape": [rows, 31]}, …}; ids.bin, …)
"""
import json
import os
import sys
import time
from pathlib import Path

import numpy as np


def open_torch(folder):
    import torch
    import torch.nn.functional as F

    from torch_mmoe import Net
    from worker import read

    class Whole(torch.nn.Module):
        def __init__(self, shape):
            super().__init__()
            self.net, self.table = Net(shape), torch.nn.Parameter(torch.randn(shape.total, shape.embed) * 0.05)
            self.register_buffer("offsets", torch.from_numpy(shape.offsets))

        def forward(self, ids, numbers):
            x = F.embedding(ids + self.offsets, self.table).flatten(1)
            return torch.sigmoid(self.net(torch.cat([x, numbers], 1)))

    data = read(folder)
    torch.set_num_threads(data.shape.threads)
    ids, numbers = torch.from_numpy(data.test.ids), torch.from_numpy(data.test.numbers)
    model = torch.jit.freeze(torch.jit.trace(Whole(data.shape).eval(), (ids[:2], numbers[:2])))
    guard = torch.inference_mode()
    guard.__enter__()
    return f"PyTorch {torch.__version__}", len(ids), lambda part: (ids[part], numbers[part]), lambda fed: model(*fed)


def open_onnxruntime(folder):
    import onnxruntime as ort

    folder = Path(folder)
    feeds = json.loads((folder / "feeds.json").read_text())
    arrays = {name: np.fromfile(folder / f"{name}.bin", each["type"]).reshape(each["shape"]) for name, each in feeds.items()}
    session = ort.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    rows = min(len(array) for array in arrays.values())
    slices = lambda part: {name: np.ascontiguousarray(array[part]) for name, array in arrays.items()}
    return f"onnxruntime {ort.__version__}", rows, slices, lambda fed: session.run(None, fed)


def main():
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answer = lambda **values: (out.write(json.dumps(values) + "\n"), out.flush())
    versions, total, part_of, call = (open_torch if sys.argv[1] == "torch" else open_onnxruntime)(sys.argv[2])
    # TorchScript's executor compiles in the first calls.
    for rows in (1, 1, 1, 100, 100, 1000, 1000):
        call(part_of(slice(0, rows)))
    answer(ready=True, versions=versions)
    for line in sys.stdin:
        request = json.loads(line)
        rows, times = request["rows"], []
        parts = [part_of(slice(at, at + rows)) for at in range(0, max(1, min(16 * rows, total - rows + 1)), rows)]
        for fed in parts[:3]:
            call(fed)
        end = time.perf_counter() + request["seconds"]
        while time.perf_counter() < end or len(times) < 5:
            fed = parts[len(times) % len(parts)]
            start = time.perf_counter()
            call(fed)
            times.append(time.perf_counter() - start)
        answer(milliseconds=1000 * float(np.median(times)))


main()
