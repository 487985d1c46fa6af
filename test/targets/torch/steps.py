"""Takes training steps of packages on given batches: a JSON list of {package, steps, batches, layout} in, losses out."""

import json
import sys
import traceback
from importlib import import_module
from pathlib import Path
from types import ModuleType

import torch

# Steps read no files.
sys.modules["pyarrow"] = ModuleType("pyarrow")
sys.modules["pyarrow.parquet"] = ModuleType("pyarrow.parquet")
sys.modules["pyarrow.parquet"].ParquetFile = object


def to_batch(data, feeds, layout):
    def tensor(name, dtype):
        return torch.tensor(feeds[name]["data"], dtype=dtype).reshape(feeds[name]["shape"])

    features = {}
    for kind, dtype in (("ids", torch.int64), ("numbers", torch.float32)):
        for slot in layout[kind]:
            columns = tensor(kind, dtype)[:, slot["offset"] : slot["offset"] + slot["width"]]
            features[slot["name"]] = columns if slot["list"] else columns[:, 0]
    labels, known = tensor("labels", torch.float32), tensor("known", torch.float32)
    columns = [{name: table[:, i] for i, name in enumerate(layout["labels"])} for table in (labels * known, known)]
    more = {name: tensor(name, torch.int64) for name in ("groups", "lists", "rows") if name in feeds}
    fields = data.Batch.__dataclass_fields__
    return data.Batch(
        features, *columns, tensor("weights", torch.float32), **{k: v for k, v in more.items() if k in fields}
    )


def run(job):
    for name, module in list(sys.modules.items()):
        if "/package-" in (getattr(module, "__file__", None) or ""):
            del sys.modules[name]
    sys.path.insert(0, job["package"])
    try:
        data, model_file, train = import_module("data"), import_module("model"), import_module("train")
        checkpoint = import_module("checkpoint")
        torch.manual_seed(1)
        model = model_file.Model()
        model.load_state_dict(checkpoint.load_weights(Path(job["package"]) / "weights.safetensors"))
        optimizers = train.create_optimizers(model)
        batches = [to_batch(data, feeds, job["layout"]) for feeds in job["batches"]]
        model.eval()
        with torch.no_grad():
            predictions = {name: x.tolist() for name, x in model.predict(batches[0]).items()}
        model.train()
        losses = []
        for step in range(job["steps"]):
            found = train.train_step(model, model, optimizers, batches[step % len(batches)])
            losses.append({name: loss.item() for name, loss in found.items()})
        return {"losses": losses, "predictions": predictions}
    except Exception:
        return {"error": traceback.format_exc()}
    finally:
        sys.path.remove(job["package"])


torch.set_num_threads(1)
json.dump([run(job) for job in json.load(sys.stdin)], sys.stdout)
