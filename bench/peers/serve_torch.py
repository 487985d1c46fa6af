#!/usr/bin/env python3
"""A peer of `mtlc serve`: FastAPI with PyTorch, the shop's MMoE by hand with the artifact's weights, traced and frozen.
usage: serve_torch.py ARTIFACT PORT WORKERS"""
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch

from serving import create_app, serve


def read_weights(path: Path):
    """safetensors: a length, a header in JSON, the elements."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(
            np.frombuffer(content, np.float32, int(np.prod(each["shape"])), 8 + size + each["data_offsets"][0])
            .reshape(each["shape"])
            .copy()
        )
        for name, each in header.items()
    }


class Shop(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        take = lambda name: torch.nn.Parameter(weights[name], requires_grad=False)
        self.user, self.item, self.hour = (take(f"{name}.embedding") for name in ("user_id", "item_id", "hour"))
        # Four experts as one product, and both gates as another.
        self.pool = take("pool.0.weight").reshape(-1, 128)
        self.pool_bias = take("pool.0.bias").reshape(128)
        self.gates = torch.cat([take("for_ctr.weight"), take("for_cvr.weight")], 1)
        pair = lambda first, second: torch.stack([take(first), take(second)])
        self.hidden, self.hidden_bias = pair("t_ctr.0.weight", "t_cvr.0.weight"), pair("t_ctr.0.bias", "t_cvr.0.bias")
        self.logit, self.logit_bias = pair("ctr/logit.weight", "cvr/logit.weight"), pair("ctr/logit.bias", "cvr/logit.bias")

    def forward(self, ids, numbers):
        x = torch.cat([self.user[ids[:, 0]], self.item[ids[:, 1]], self.hour[ids[:, 2]], numbers], 1)
        experts = torch.relu(torch.addmm(self.pool_bias, x, self.pool)).view(-1, 4, 32)
        gates = torch.softmax((x @ self.gates).view(-1, 2, 4), -1)
        mixed = torch.bmm(gates, experts).transpose(0, 1)
        tower = torch.relu(torch.baddbmm(self.hidden_bias.unsqueeze(1), mixed, self.hidden))
        heads = torch.sigmoid(torch.baddbmm(self.logit_bias.unsqueeze(1), tower, self.logit)).squeeze(-1)
        return heads[0], heads[1], heads[0] * heads[1]


def open_model(artifact: Path):
    torch.set_num_threads(1)
    network = Shop(read_weights(artifact / "weights.safetensors")).eval()
    example = (torch.ones(2, 3, dtype=torch.int32), torch.ones(2, 1))
    traced = torch.jit.freeze(torch.jit.trace(network, example))

    def run(ids, numbers):
        with torch.inference_mode():
            found = traced(torch.from_numpy(ids), torch.from_numpy(numbers))
        return dict(zip(("ctr", "cvr", "ctcvr"), found))

    for _ in range(5):  # the profiling executor of TorchScript compiles in the first calls
        run(np.ones((3, 3), np.int32), np.ones((3, 1), np.float32))
    return run


if __name__ == "__main__":
    os.environ["PEER_ARTIFACT"] = sys.argv[1]
    serve("serve_torch:app", int(sys.argv[2]), int(sys.argv[3]))
else:
    path = Path(os.environ["PEER_ARTIFACT"])
    app = create_app(path, open_model(path))
