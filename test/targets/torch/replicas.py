"""
Runs train.py of a package and writes a digest of what each process ends with, besides tables that are in shards:
replicas.py PACKAGE DIGESTS [options].
"""

import hashlib
import os
import sys
from pathlib import Path

package, digests = sys.argv[1], Path(sys.argv[2])
sys.path.insert(0, package)
sys.argv = [f"{package}/train.py", *sys.argv[3:]]

import train  # noqa: E402

models = []
create_optimizers, stop = train.create_optimizers, train.processes.stop


def keep(model):
    models.append(model)
    return create_optimizers(model)


def write_digest():
    digest = hashlib.sha256()
    shards = getattr(models[0], "_ddp_params_and_buffers_to_ignore", [])
    for name, tensor in sorted(models[0].state_dict().items()):
        if name in shards:
            continue
        digest.update(name.encode() + tensor.cpu().numpy().tobytes())
    digests.mkdir(exist_ok=True)
    (digests / os.environ["RANK"]).write_text(digest.hexdigest())
    stop()


train.create_optimizers, train.processes.stop = keep, write_digest
train.main()
