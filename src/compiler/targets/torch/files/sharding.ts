/** `embedding.py` and `sharding.py`: tables whole on each process, or in shards by TorchRec. */
import { print, call, quote } from "../python.js";

/** `refused`: why the tables of this model cannot be in shards; undefined where they can. */
export function embeddingFile(refused: string | undefined): string {
  const isCarried = refused === undefined;
  return `${[
    '"""Where embedding tables are: whole on each process, or in shards (TorchRec)."""',
    "",
    "import argparse",
    ...(isCarried ? ["from importlib.util import find_spec"] : []),
    "from pathlib import Path",
    "",
    "from checkpoint import load_weights, save_weights",
    "from model import Model",
    "from processes import Process",
    "",
    "",
    "def add_arguments(parser: argparse.ArgumentParser) -> None:",
    ...argument("--embedding", [
      'choices=["replicated", "torchrec"]',
      'default="replicated"',
      'help="tables whole on each process, or in shards by TorchRec"',
    ]),
    ...(isCarried
      ? [
          ...argument("--table-wise", [
            "type=int",
            "default=10_000",
            'metavar="ROWS"',
            'help="torchrec: rows from which a table is whole on one process"',
          ]),
          ...argument("--row-wise", [
            "type=int",
            "default=1_000_000",
            'metavar="ROWS"',
            'help="torchrec: rows from which each process has some of a table"',
          ]),
        ]
      : []),
    "",
    "",
    "def load_model(path: Path, arguments: argparse.Namespace, process: Process) -> Model:",
    '    """The model with the weights of a file, on the device of the process."""',
    '    if arguments.embedding == "torchrec":',
    ...(isCarried
      ? [
          '        if find_spec("torchrec") is None:',
          '            raise SystemExit("--embedding torchrec needs TorchRec: see README.md")',
          "        import sharding",
          "",
          "        limits = sharding.Limits(arguments.table_wise, arguments.row_wise)",
          "        return sharding.load_model(path, process, limits)",
        ]
      : [`        raise SystemExit(${quote(`--embedding torchrec cannot carry ${refused}`)})`]),
    "    model = Model()",
    "    model.load_state_dict(load_weights(path))",
    "    return model.to(process.device)",
    "",
    "",
    "def save_model(path: Path, model: Model, arguments: argparse.Namespace, process: Process) -> None:",
    '    """The first process writes the weights, shards as whole tables; all processes call it."""',
    ...(isCarried
      ? [
          '    if arguments.embedding == "torchrec":',
          "        import sharding",
          "",
          "        sharding.save_model(path, model, process)",
          "    elif process.rank == 0:",
        ]
      : ["    if process.rank == 0:"]),
    "        save_weights(path, model.state_dict())",
  ].join("\n")}\n`;
}

function argument(flag: string, rest: readonly string[]): readonly string[] {
  return print("", call("parser.add_argument", [quote(flag), ...rest]), 4);
}

export const shardingFile = String.raw`"""
Embedding tables in shards, by TorchRec: of a large table each process has some rows, others are
whole on one process. Imported only for ${"`--embedding torchrec`"}.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torchrec.distributed.embedding_types import EmbeddingComputeKernel
from torchrec.distributed.embeddingbag import EmbeddingBagCollectionSharder
from torchrec.distributed.sharding_plan import (
    construct_module_sharding_plan,
    row_wise,
    table_wise,
)
from torchrec.distributed.types import ShardingEnv
from torchrec.modules.embedding_configs import EmbeddingBagConfig
from torchrec.modules.embedding_modules import EmbeddingBagCollection
from torchrec.sparse.jagged_tensor import KeyedJaggedTensor

from checkpoint import read_header, write_header
from model import Model
from processes import Process

# Rows that a process hands on at a time when a table is written.
CHUNK = 1 << 16


class Limits(NamedTuple):
    """From how many rows a table is in shards."""

    table_wise: int  # whole on one process
    row_wise: int  # some rows on each


class Shard(NamedTuple):
    """Rows [begin, end) of a table, and the process that has them."""

    rank: int
    begin: int
    end: int


class Exchange:
    """What TorchRec does: ids go to the process that has the row of a table, rows come back."""

    def __init__(self, name: str, table: nn.Embedding, owner: int | None, process: Process) -> None:
        config = EmbeddingBagConfig(
            name=name,
            num_embeddings=table.num_embeddings,
            embedding_dim=table.embedding_dim,
            feature_names=[name],
        )
        bags = EmbeddingBagCollection(tables=[config], device=torch.device("meta"))
        sharder = EmbeddingBagCollectionSharder()
        kind = row_wise() if owner is None else table_wise(owner)
        plan = construct_module_sharding_plan(
            bags, {name: kind}, sharder, device_type=process.device.type
        )
        plan[name].compute_kernel = EmbeddingComputeKernel.DENSE.value
        environment = ShardingEnv.from_process_group(dist.group.WORLD)
        self.name = name
        self.module = sharder.shard(bags, plan, environment, process.device)
        self.memory = self.module.embedding_bags[name].weight.detach()
        self.shards = []
        for rank, shard in zip(plan[name].ranks, plan[name].sharding_spec.shards):
            begin = shard.shard_offsets[0]
            self.shards.append(Shard(rank, begin, begin + shard.shard_sizes[0]))


class ShardedTable(nn.Module):
    """A table of which this process has a shard, or nothing; it is called as nn.Embedding is."""

    def __init__(self, exchange: Exchange, table: nn.Embedding, process: Process) -> None:
        super().__init__()
        self.exchange = exchange
        self.num_embeddings = table.num_embeddings
        self.embedding_dim = table.embedding_dim
        self.sparse = table.sparse
        own = [shard for shard in exchange.shards if shard.rank == process.rank]
        self.begin, self.end = (own[0].begin, own[0].end) if own else (0, 0)
        # TorchRec's memory, but a gradient that may have only the rows that a batch touches.
        memory = exchange.memory.view(self.end - self.begin, self.embedding_dim)
        self.weight = nn.Parameter(memory, requires_grad=table.weight.requires_grad)

    def forward(self, ids: Tensor) -> Tensor:
        """Rows of the table, whoever has them: [...] -> [..., width]"""
        # A bag of one for each id, then empty ones: all processes must have as many.
        most = torch.tensor(ids.numel())
        dist.all_reduce(most, dist.ReduceOp.MAX)
        lengths = torch.zeros(int(most), dtype=torch.int32, device=ids.device)
        lengths[: ids.numel()] = 1
        bags = KeyedJaggedTensor.from_lengths_sync([self.exchange.name], ids.flatten(), lengths)
        module = self.exchange.module
        context = module.create_context()
        (asked,) = module.input_dist(context, bags).wait().wait()
        rows = module.output_dist(context, [self.look_up(asked)]).wait().values()
        return rows[: ids.numel()].view(*ids.shape, self.embedding_dim)

    def look_up(self, bags: KeyedJaggedTensor) -> Tensor:
        """The rows of this shard that processes ask for, zeros for the rows of others."""
        if self.begin == self.end:
            # Without columns, but a part of the backward pass, in which all processes meet.
            return self.weight.new_zeros(bags.stride(), 0).requires_grad_(self.weight.requires_grad)
        here = bags.lengths() == 1
        found = F.embedding(bags.values().long(), self.weight, sparse=self.sparse)
        rows = found.new_zeros(len(here), self.embedding_dim)
        rows[here] = found
        return rows


def load_model(path: Path, process: Process, limits: Limits) -> Model:
    """The model with the weights of a file, of sharded tables only the rows of this process."""
    if process.world == 1:
        raise SystemExit("--embedding torchrec needs several processes: start it with torchrun")
    with torch.device("meta"):
        model = Model()
    weights = map_weights(path)
    tables = model.features.tables
    held = [0] * process.world  # how much of whole tables each process has
    for name, table in sorted(tables.items(), key=lambda item: -item[1].weight.numel()):
        if table.num_embeddings < limits.table_wise:
            continue
        owner = None
        if table.num_embeddings < limits.row_wise:
            owner = held.index(min(held))
            held[owner] += table.weight.numel()
        sharded = ShardedTable(Exchange(name, table, owner, process), table, process)
        tables[name] = sharded
        rows = weights.pop(key_of(name))[sharded.begin : sharded.end]
        sharded.weight.data.copy_(torch.from_numpy(rows.copy()))
    whole = {key: torch.from_numpy(tensor.copy()) for key, tensor in weights.items()}
    model.load_state_dict(whole, strict=False, assign=True)
    # As TorchRec has it: what is in shards is not averaged.
    own = list(sharded_tables(model))
    DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(model, own)
    return model.to(process.device)


def key_of(name: str) -> str:
    """The key of a table in the state dict."""
    return f"features.tables.{name}.weight"


def sharded_tables(model: Model) -> dict[str, ShardedTable]:
    tables = model.features.tables.items()
    return {key_of(name): table for name, table in tables if isinstance(table, ShardedTable)}


def map_weights(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file; only what is read of them comes into memory."""
    with path.open("rb") as file:
        header = read_header(file)
        data = np.memmap(file, "<f4", mode="r", offset=file.tell())
    tensors = {}
    for key, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[key] = data[begin // 4 : end // 4].reshape(entry["shape"])
    return tensors


def save_model(path: Path, model: Model, process: Process) -> None:
    """Writes whole tables, of which the first process has no more than a piece in memory."""
    state = model.state_dict()
    tables = sharded_tables(model)
    if process.rank > 0:
        for table in tables.values():
            send_rows(table, process)
        return
    shapes = {key: list(tensor.shape) for key, tensor in state.items()}
    for key, table in tables.items():
        shapes[key] = [table.num_embeddings, table.embedding_dim]
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        write_header(file, shapes)
        for key, tensor in state.items():
            pieces = receive_rows(tables[key]) if key in tables else [tensor]
            for piece in pieces:
                file.write(piece.detach().cpu().contiguous().numpy().astype("<f4").tobytes())
    part.replace(path)


def send_rows(table: ShardedTable, process: Process) -> None:
    """The rows of this process for the first one, in pieces."""
    for shard in table.exchange.shards:
        if shard.rank == process.rank:
            for piece in table.weight.detach().cpu().split(CHUNK):
                dist.send(piece.contiguous(), 0)


def receive_rows(table: ShardedTable) -> Iterator[Tensor]:
    """The rows of a table in order, in pieces."""
    for rank, begin, end in table.exchange.shards:
        if rank == 0:
            yield table.weight
            continue
        for first in range(begin, end, CHUNK):
            piece = torch.empty(min(CHUNK, end - first), table.embedding_dim)
            dist.recv(piece, rank)
            yield piece
`;
