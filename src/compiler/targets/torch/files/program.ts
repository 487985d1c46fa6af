/** `train.py`, `eval.py`, `checkpoint.py` and `processes.py`. */
import type { Model } from "../../../model/index.js";
import { print, call, quote } from "../python.js";

export interface ProgramInput {
  readonly model: Model;
  /** Whether losses read the model besides its outputs. */
  readonly readsModel: boolean;
  readonly measures: boolean;
  /** Whether a step draws random numbers. */
  readonly draws: boolean;
  /** Whether gradients of tables have only the rows that a batch touches. */
  readonly hasSparse: boolean;
  /** Whether the model keeps statistics of rows, which steps move without a gradient. */
  readonly hasStatistics: boolean;
}

/** Metrics that training can watch. */
export const watchable: readonly string[] = ["auc", "logloss", "accuracy", "rmse", "mae"];

export const checkpointFile = String.raw`"""Weights as safetensors, and checkpoints that training resumes from."""

import json
import math
import struct
from pathlib import Path
from typing import Any, BinaryIO

import torch
import torch.distributed as dist
from torch import Tensor


def write_header(file: BinaryIO, shapes: dict[str, list[int]]) -> None:
    """What a safetensors file of float32 tensors has before them."""
    header = {}
    end = 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * math.prod(shape)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)


def read_header(file: BinaryIO) -> dict[str, Any]:
    """What is known of each tensor; the file is then at the first of them."""
    (length,) = struct.unpack("<Q", file.read(8))
    return json.loads(file.read(length))


def save_weights(path: Path, tensors: dict[str, Tensor]) -> None:
    """Writes float32 tensors in the safetensors format."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        write_header(file, {name: list(tensor.shape) for name, tensor in tensors.items()})
        for tensor in tensors.values():
            file.write(tensor.detach().cpu().contiguous().numpy().astype("<f4").tobytes())
    part.replace(path)


def load_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file."""
    with path.open("rb") as file:
        header = read_header(file)
        start = file.tell()
        tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            file.seek(start + begin)
            data = bytearray(file.read(end - begin))
            flat = torch.frombuffer(data, dtype=torch.float32, count=math.prod(entry["shape"]))
            tensors[name] = flat.reshape(entry["shape"])
    return tensors


def save_checkpoint(path: Path, state: dict[str, Any], is_shard: bool) -> None:
    """Writes the whole file or none of it; of shards all files or none."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    if is_shard:
        dist.barrier()
    part.replace(path)


def load_checkpoint(path: Path) -> dict[str, Any]:
    return torch.load(path, map_location="cpu", weights_only=True)
`;

export function processesFile({ hasSparse, hasStatistics }: Pick<ProgramInput, "hasSparse" | "hasStatistics">): string {
  return String.raw`"""The processes of a run: one, or those that torchrun starts."""

import os
from typing import NamedTuple

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel


class Process(NamedTuple):
    rank: int
    world: int
    device: torch.device


def start(device: str | None = None) -> Process:
    """Joins the other processes, if there are any; a GPU each where there are GPUs."""
    rank = int(os.environ.get("RANK", "0"))
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if device is None:
        local = int(os.environ.get("LOCAL_RANK", "0"))
        device = f"cuda:{local}" if torch.cuda.is_available() else "cpu"
    if device.startswith("cuda"):
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("cpu:gloo,cuda:nccl" if device.startswith("cuda") else "gloo")
    return Process(rank, world, torch.device(device))


def replica_of(model: nn.Module, process: Process) -> nn.Module:
    """The model, with gradients averaged over all processes."""
    if process.world == 1:
        return model
${
  hasSparse
    ? `    # NCCL adds up no gradients that have only some of the rows; gloo does.
    group = dist.new_group(backend="gloo")
    return DistributedDataParallel(model, process_group=group)`
    : "    return DistributedDataParallel(model)"
}

${
  hasStatistics
    ? `
def share_statistics(model: nn.Module) -> None:
    """Statistics of rows become their means over all processes."""
    if dist.is_initialized():
        for statistic in model.buffers():
            dist.all_reduce(statistic)
            statistic /= dist.get_world_size()

`
    : ""
}
def is_same(number: int) -> bool:
    """Whether all processes have the same number."""
    if not dist.is_initialized():
        return True
    numbers = [0] * dist.get_world_size()
    dist.all_gather_object(numbers, number)
    return len(set(numbers)) == 1


def stop() -> None:
    if dist.is_initialized():
        dist.destroy_process_group()
`;
}

function argumentLines(flag: string, rest: readonly string[]): readonly string[] {
  return print("", call("parser.add_argument", [quote(flag), ...rest]), 4);
}

function pathsDefault(model: Model, role: "train" | "validation" | "test"): readonly string[] {
  const paths = model.data[role]?.paths ?? [];
  return [`nargs="+"`, `default=[${paths.map(quote).join(", ")}]`];
}

export function evalFile({ model }: ProgramInput): string {
  const role = model.data.test === undefined ? "validation" : "test";
  return `${[
    '"""Measures a trained model: `python eval.py`."""',
    "",
    "import argparse",
    "import json",
    "from pathlib import Path",
    "",
    "import torch",
    "",
    "import embedding",
    "import processes",
    "from data import batches",
    "from metrics import METRICS, TRUTHS",
    "from model import Model",
    "",
    "",
    "@torch.no_grad()",
    "def evaluate(",
    "    model: Model, paths: list[str], size: int, process: processes.Process",
    ") -> dict[str, dict[str, float]]:",
    '    """The metrics of each head over the rows of the files on which it has a truth."""',
    "    model.eval()",
    "    metrics = {head: {name: kind() for name, kind in own.items()} for head, own in METRICS.items()}",
    "    for batch in batches(paths, size, process.rank, process.world):",
    "        batch = batch.to(process.device)",
    "        predictions = model.predict(batch)",
    "        for head, own in metrics.items():",
    "            target, known = TRUTHS[head](batch)",
    "            rows = known == 1",
    "            for metric in own.values():",
    "                metric.update(predictions[head][rows], target[rows])",
    "    return {",
    "        head: {name: metric.value() for name, metric in own.items()}",
    "        for head, own in metrics.items()",
    "    }",
    "",
    "",
    "def main() -> None:",
    "    parser = argparse.ArgumentParser(description=__doc__)",
    ...argumentLines("--output", ["type=Path", 'default=Path("run")', 'help="folder of the run"']),
    ...argumentLines("--data", [...pathsDefault(model, role), 'help="files, patterns allowed"']),
    ...argumentLines("--batch", ["type=int", "default=4096"]),
    ...argumentLines("--device", ['help="default: a GPU where there is one"']),
    "    embedding.add_arguments(parser)",
    "    arguments = parser.parse_args()",
    "    process = processes.start(arguments.device)",
    '    weights = arguments.output / "weights.safetensors"',
    "    model = embedding.load_model(weights, arguments, process)",
    "    measured = evaluate(model, arguments.data, arguments.batch, process)",
    "    if process.rank == 0:",
    "        print(json.dumps(measured, indent=2))",
    "    processes.stop()",
    "",
    "",
    'if __name__ == "__main__":',
    "    main()",
  ].join("\n")}\n`;
}

/** How long training lasts, as options with what the spec says. */
function lengthLines({ train }: Model): readonly string[] {
  return [
    ...argumentLines("--epochs", ["type=int", `default=${train.epochs ?? 1_000_000}`]),
    ...(train.steps === undefined ? [] : argumentLines("--steps", ["type=int", `default=${train.steps}`])),
  ];
}

export function trainFile(input: ProgramInput): string {
  const lines = [
    ...trainImports(input),
    "",
    "",
    ...argumentFunction(input),
    "",
    "",
    ...stepFunctions(input),
    "",
    "",
    ...progressLines(input),
    "",
    "",
    ...mainFunction(input),
    "",
    "",
    'if __name__ == "__main__":',
    "    main()",
  ];
  return `${lines.join("\n")}\n`;
}

function clips({ model }: ProgramInput): boolean {
  return model.train.clip.kind !== "none";
}

function trainImports(input: ProgramInput): readonly string[] {
  return [
    '"""',
    "Trains the model: `python train.py`, or on several processes",
    "`torchrun --nproc-per-node 4 train.py`.",
    '"""',
    "",
    "import argparse",
    "import json",
    "import shutil",
    "from dataclasses import asdict, dataclass",
    "from itertools import islice",
    "from pathlib import Path",
    "from typing import Any",
    "",
    ...(input.model.train.shuffle ? ["import numpy as np"] : []),
    "import torch",
    "import torch.distributed as dist",
    "from torch import Tensor, nn",
    "",
    "import embedding",
    "import processes",
    "from checkpoint import load_checkpoint, save_checkpoint",
    "from data import Batch, batches",
    ...(input.measures ? ["from eval import evaluate"] : []),
    "from losses import compute_losses, total_loss",
    "from model import Model",
    `from optim import Optimizers, ${clips(input) ? "clip_gradients, " : ""}create_optimizers`,
    "",
    "HERE = Path(__file__).parent",
  ];
}

function argumentFunction({ model, measures }: ProgramInput): readonly string[] {
  const { train } = model;
  return [
    "def parse_arguments() -> argparse.Namespace:",
    "    parser = argparse.ArgumentParser(description=__doc__)",
    ...argumentLines("--train", [...pathsDefault(model, "train"), 'help="files, patterns allowed"']),
    ...(measures
      ? argumentLines("--validation", [...pathsDefault(model, "validation"), 'help="measured after each epoch"'])
      : []),
    ...argumentLines("--output", ["type=Path", 'default=Path("run")', 'help="folder of what is written"']),
    ...argumentLines("--weights", [
      "type=Path",
      'default=HERE / "weights.safetensors"',
      'help="safetensors file of the first weights"',
    ]),
    ...argumentLines("--resume", ['action="store_true"', 'help="go on from the last checkpoint of the run"']),
    ...lengthLines(model),
    ...argumentLines("--batch", ["type=int", `default=${train.batch}`, 'help="rows of a step, over all processes"']),
    ...argumentLines("--checkpoint", [
      "type=int",
      "default=1000",
      'metavar="STEPS"',
      'help="steps between checkpoints, besides those after epochs"',
    ]),
    ...argumentLines("--seed", ["type=int", `default=${train.seed}`]),
    ...argumentLines("--device", ['help="default: a GPU where there is one"']),
    "    embedding.add_arguments(parser)",
    "    return parser.parse_args()",
  ];
}

function stepFunctions(input: ProgramInput): readonly string[] {
  return [
    "def train_step(",
    "    model: Model, replica: nn.Module, optimizers: Optimizers, batch: Batch",
    ") -> dict[str, Tensor]:",
    '    """One step of the optimizers; the losses are those before it."""',
    "    outputs = replica(batch)",
    `    losses = ${input.readsModel ? "compute_losses(model, outputs, batch)" : "compute_losses(outputs, batch)"}`,
    "    for optimizer, _ in optimizers:",
    "        optimizer.zero_grad()",
    "    total_loss(losses).backward()",
    ...(clips(input) ? ["    clip_gradients(model)"] : []),
    "    for optimizer, schedule in optimizers:",
    "        optimizer.step()",
    "        schedule.step()",
    "    return {name: loss.detach() for name, loss in losses.items()}",
    "",
    "",
    "def mean_losses(steps: list[dict[str, Tensor]]) -> dict[str, float]:",
    '    """The mean of each loss over steps and processes."""',
    "    if not steps:",
    "        return {}",
    "    means = {name: torch.stack([step[name] for step in steps]).mean() for name in steps[0]}",
    "    for mean in means.values():",
    "        if dist.is_initialized():",
    "            dist.all_reduce(mean)",
    "            mean /= dist.get_world_size()",
    "    return {name: mean.item() for name, mean in means.items()}",
  ];
}

/** Where a run is, and how it gets back to there. */
function progressLines({ model }: ProgramInput): readonly string[] {
  const watched = watchedMetric(model) !== undefined;
  return [
    "@dataclass",
    "class Progress:",
    '    """Where training is."""',
    "",
    "    epoch: int = 0  # epochs that are complete",
    "    batch: int = 0  # batches of the next one that are",
    "    step: int = 0",
    ...(watched ? ["    best: float | None = None", "    waited: int = 0  # epochs since the best one"] : []),
    "",
    "",
    "def save_progress(",
    "    path: Path, progress: Progress, model: Model, optimizers: Optimizers, is_shard: bool",
    ") -> None:",
    '    """All that a run needs to go on as if it had not stopped."""',
    "    states = [(each.state_dict(), schedule.state_dict()) for each, schedule in optimizers]",
    "    state = {",
    '        "progress": asdict(progress),',
    '        "model": model.state_dict(),',
    '        "optimizers": states,',
    "    }",
    "    save_checkpoint(path, state, is_shard)",
    "",
    "",
    "def load_progress(path: Path, model: Model, optimizers: Optimizers) -> Progress:",
    "    state = load_checkpoint(path)",
    '    model.load_state_dict(state["model"])',
    '    for (optimizer, schedule), (first, second) in zip(optimizers, state["optimizers"]):',
    "        optimizer.load_state_dict(first)",
    "        schedule.load_state_dict(second)",
    '    return Progress(**state["progress"])',
  ];
}

/** One metric of a head, without arguments. */
type WatchedMetric = Exclude<NonNullable<Model["train"]["stop"]>, { readonly terms: unknown }> & {
  readonly metric: string;
};

/** The metric by which training stops; undefined where it watches none, or what a package does not. */
export function watchedMetric({ train: { stop } }: Pick<Model, "train">): WatchedMetric | undefined {
  if (stop === undefined || "terms" in stop) return undefined;
  const { metric } = stop;
  return typeof metric === "string" && watchable.includes(metric) ? { ...stop, metric } : undefined;
}

function mainFunction({ model, measures, draws, hasStatistics }: ProgramInput): readonly string[] {
  const { train } = model;
  const hasSteps = train.steps !== undefined;
  const watched = watchedMetric(model);
  return [
    "def main() -> None:",
    "    arguments = parse_arguments()",
    "    process = processes.start(arguments.device)",
    "    torch.manual_seed(arguments.seed)",
    "    model = embedding.load_model(arguments.weights, arguments, process)",
    "    replica = processes.replica_of(model, process)",
    "    optimizers = create_optimizers(model)",
    "",
    "    run: Path = arguments.output",
    "    run.mkdir(parents=True, exist_ok=True)",
    "    # Each process writes its own shards.",
    '    is_sharded = arguments.embedding == "torchrec"',
    '    share = f"-{process.rank}-of-{process.world}" if is_sharded else ""',
    '    checkpoint = run / f"checkpoint{share}.pt"',
    "    progress = Progress()",
    "    if arguments.resume:",
    "        progress = load_progress(checkpoint, model, optimizers)",
    "        if not processes.is_same(progress.step):",
    '            raise SystemExit("the checkpoints of the processes are of different steps")',
    "",
    "    def save() -> None:",
    "        if process.rank == 0 or is_sharded:",
    "            save_progress(checkpoint, progress, model, optimizers, is_sharded)",
    "",
    "    size = -(-arguments.batch // process.world)",
    ...(hasSteps || watched !== undefined
      ? [
          `    while progress.epoch < arguments.epochs${hasSteps ? " and progress.step < arguments.steps" : ""}${watched === undefined ? "" : ` and progress.waited < ${watched.patience}`}:`,
        ]
      : ["    while progress.epoch < arguments.epochs:"]),
    ...(train.shuffle ? ["        generator = np.random.default_rng([arguments.seed, progress.epoch])"] : []),
    `        stream = batches(arguments.train, size, process.rank, process.world${train.shuffle ? ", generator" : ""})`,
    "        model.train()",
    "        steps = []",
    "        for batch in islice(stream, progress.batch, None):",
    ...(draws
      ? [
          "            # What is drawn in a step, such as dropout, depends on nothing before it.",
          "            torch.manual_seed(hash((arguments.seed, progress.step, process.rank)))",
        ]
      : []),
    "            steps.append(train_step(model, replica, optimizers, batch.to(process.device)))",
    ...(hasStatistics ? ["            processes.share_statistics(model)"] : []),
    "            progress.step += 1",
    "            progress.batch += 1",
    "            if progress.step % arguments.checkpoint == 0:",
    "                save()",
    ...(hasSteps ? ["            if progress.step == arguments.steps:", "                break"] : []),
    "        progress.epoch += 1",
    "        progress.batch = 0",
    '        report: dict[str, Any] = {"epoch": progress.epoch, "losses": mean_losses(steps)}',
    ...(measures
      ? [
          "        if arguments.validation:",
          `            report["validation"] = evaluate(model, arguments.validation, 4096, process)`,
        ]
      : []),
    ...(watched === undefined ? [] : watchLines(watched)),
    "        if process.rank == 0:",
    "            print(json.dumps(report), flush=True)",
    "        save()",
    "",
    ...(watched === undefined ? [saveLine(4)] : []),
    "    if process.rank == 0:",
    "        # What `mtlc import` reads besides the weights.",
    '        for name in ("mtlc.json", "fitted.json"):',
    "            shutil.copy(HERE / name, run / name)",
    "    processes.stop()",
  ];
}

function saveLine(indent: number): string {
  return `${" ".repeat(indent)}embedding.save_model(run / "weights.safetensors", model, arguments, process)`;
}

/** Early stopping: the best weights so far are kept. */
function watchLines({ head, metric: name }: WatchedMetric): readonly string[] {
  const better = ["logloss", "rmse", "mae"].includes(name) ? "<" : ">";
  return [
    `        watched = report["validation"][${quote(head)}][${quote(name)}]`,
    `        if progress.best is None or watched ${better} progress.best:`,
    "            progress.best, progress.waited = watched, 0",
    saveLine(12),
    "        else:",
    "            progress.waited += 1",
  ];
}
