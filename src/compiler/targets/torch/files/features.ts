/** `features.py`: the embedding tables, and the vector of each feature. */
import type { EmbeddingTable, ForwardInput } from "../../../lower/index.js";
import {
  canMiss,
  featureNamed,
  type FeatureModel,
  hasIds,
  isListFeature,
  isSequence,
  isWeighted,
  type Model,
  positionsOf,
} from "../../../model/index.js";
import { lookupName, touchedName } from "../network.js";
import { attribute, tableValue } from "../parameters.js";
import { blocksOf, importsFor, usedBlocks } from "../library.js";
import { atom, call, type Expr, list, method, numberText, print, quote } from "../python.js";

const library = String.raw`
def table(rows: int, width: int, sparse: bool = False) -> nn.Embedding:
    """An embedding table whose rows start near zero."""
    embedding = nn.Embedding(rows, width, sparse=sparse)
    nn.init.normal_(embedding.weight, std=0.05)
    return embedding


def served(name: str, values: Tensor) -> Tensor:
    """What serving sees of a feature, for each row."""
    return torch.from_numpy(SERVED[name]).to(values).expand_as(values)


def rows_of(embedding: nn.Embedding, ids: Tensor) -> Tensor:
    """Rows of a table, zeros where an id is −1: [...] -> [..., width]"""
    there = ids >= 0
    rows = embedding.weight.new_zeros(*ids.shape, embedding.embedding_dim)
    rows[there] = embedding(ids[there])
    return rows


def shares_of(ids: Tensor) -> Tensor:
    """
    For each lookup 1 / how often the batches of all processes look its row up, 0 where an id is −1:
    [B, W] -> [B·W]. Times the number of processes, as gradients are averaged.
    """
    flat = ids.flatten().contiguous()
    everywhere, processes = flat, 1
    if dist.is_initialized():
        processes = dist.get_world_size()
        most = torch.tensor(len(flat), device=flat.device)
        dist.all_reduce(most, dist.ReduceOp.MAX)
        padded = nn.functional.pad(flat, (0, int(most) - len(flat)), value=-1)
        parts = [torch.empty_like(padded) for _ in range(processes)]
        dist.all_gather(parts, padded)
        everywhere = torch.cat(parts)
    distinct, counts = torch.unique(everywhere, return_counts=True)
    shares = processes / counts[torch.searchsorted(distinct, flat)].float()
    return torch.where(flat >= 0, shares, 0.0)


def pooled_sum(embedding: nn.Embedding, ids: Tensor) -> Tensor:
    """[B, length] -> [B, width]"""
    return rows_of(embedding, ids).sum(dim=1)


def pooled_mean(embedding: nn.Embedding, ids: Tensor) -> Tensor:
    """The mean of the rows that are there, zeros where none is: [B, length] -> [B, width]"""
    count = (ids >= 0).sum(dim=1, keepdim=True).clamp(min=1)
    return rows_of(embedding, ids).sum(dim=1) / count


def pooled_max(embedding: nn.Embedding, ids: Tensor) -> Tensor:
    """The largest of the rows that are there, zeros where none is: [B, length] -> [B, width]"""
    there = (ids >= 0).unsqueeze(-1)
    highest = torch.where(there, rows_of(embedding, ids), -1e30).amax(dim=1)
    return torch.where(there.any(dim=1), highest, 0.0)


def weighted_sum(embedding: nn.Embedding, ids: Tensor, weights: Tensor) -> Tensor:
    """[B, length], [B, length] -> [B, width]"""
    return (rows_of(embedding, ids) * weights.unsqueeze(-1)).sum(dim=1)


def weighted_mean(embedding: nn.Embedding, ids: Tensor, weights: Tensor) -> Tensor:
    """Zeros where the weights add up to 0: [B, length], [B, length] -> [B, width]"""
    total = weights.sum(dim=1, keepdim=True)
    return weighted_sum(embedding, ids, weights) / torch.where(total > 0, total, 1.0)
`;

export interface FeaturesInput {
  readonly model: Model;
  readonly tables: readonly EmbeddingTable[];
  /** The inputs that the network reads. */
  readonly inputs: readonly ForwardInput[];
  readonly frozen: ReadonlySet<string>;
}

/** The key of a table among `tables`: a piece's name without `.embedding`. */
export function tableKey(piece: string): string {
  return attribute(piece.slice(0, -".embedding".length).replaceAll(/[^A-Za-z0-9_]/g, "_"));
}

export function featuresFile(input: FeaturesInput): string {
  const { tables, frozen } = input;
  const changed = changedLines(input);
  const entries = entryLines(input);
  const tableLines = tables.map((each) => {
    const sparse = each.update === "sparse" && !frozen.has(each.name) ? ["sparse=True"] : [];
    return `${quote(tableKey(each.name))}: ${call("table", [String(each.rows), String(each.width), ...sparse]).text}`;
  });
  const starts = tables.flatMap((each) => startLines(each));
  const frozenLines = tables
    .filter(({ name }) => frozen.has(name))
    .map(({ name }) => `        self.tables[${quote(tableKey(name))}].requires_grad_(False)`);
  const body = [
    "class Features(nn.Module):",
    ...docLines(entries.some(([key]) => key.endsWith(".mask"))),
    "",
    "    def __init__(self) -> None:",
    "        super().__init__()",
    ...(tableLines.length === 0
      ? []
      : [
          "        self.tables = nn.ModuleDict(",
          "            {",
          ...tableLines.map((line) => `                ${line},`),
          "            }",
          "        )",
        ]),
    ...starts,
    ...frozenLines,
    "",
    "    def forward(self, batch: Batch) -> dict[str, Tensor]:",
    `        features = ${changed.length === 0 ? "batch.features" : "dict(batch.features)"}`,
    ...changed,
    ...lookedUpLines(input),
    "        return {",
    ...entries.flatMap(([key, value]) => print(`${quote(key)}: `, value, 12, ",")),
    "        }",
  ].join("\n");
  const blocks = usedBlocks(blocksOf(library), body).map(({ text }) => text);
  const all = [...blocks, body].join("\n\n\n");
  const imports = importsFor(all, [
    [
      [/\btorch\./, "import torch"],
      [/\bdist\./, "import torch.distributed as dist"],
      [/./, "from torch import Tensor, nn"],
    ],
    [
      [/./, "from data import Batch"],
      [/\bSERVED\b/, "from encoders import SERVED"],
    ],
  ]);
  return `${['"""Embedding tables and the vectors of features."""', "", ...imports, "", "", all].join("\n")}\n`;
}

function docLines(hasMasks: boolean): readonly string[] {
  return hasMasks
    ? [
        '    """',
        "    The vector of each feature of a batch; of a sequence also NAME.mask, 1 where it has a value.",
        '    """',
      ]
    : ['    """The vector of each feature of a batch."""'];
}

/** Tables that start otherwise than near zero. */
function startLines({ name, rows, width, pieces }: EmbeddingTable): readonly string[] {
  const start = pieces[0]?.initializer;
  if (start === undefined || (start.kind === "normal" && start.mean === 0 && start.deviation === 0.05)) return [];
  return print(`self.tables[${quote(tableKey(name))}].weight.data = `, tableValue(start, [rows, width]), 8);
}

/** Features that the network reads. */
function readFeatures({ model, inputs }: Pick<FeaturesInput, "model" | "inputs">): readonly FeatureModel[] {
  const read = new Set(inputs.flatMap((input) => ("feature" in input ? [input.feature] : [])));
  return model.features.filter(({ name }) => read.has(name));
}

/** Features that training drops from some rows. */
export function droppedFeatures(input: Pick<FeaturesInput, "model" | "inputs">): readonly FeatureModel[] {
  return readFeatures(input).filter(({ dropout }) => dropout > 0);
}

/** Features that training drops, and those that serving does not see. */
function changedLines(input: FeaturesInput): readonly string[] {
  const replaced = readFeatures(input).filter((feature) => feature.serving.kind === "value");
  const training = droppedFeatures(input).flatMap((feature) => dropLines(feature));
  const served = replaced.flatMap((feature) => servedLines(feature));
  if (training.length === 0 && served.length === 0) return [];
  if (training.length === 0) return ["        if not self.training:", ...served];
  if (served.length === 0) return ["        if self.training:", ...training];
  return ["        if self.training:", ...training, "        else:", ...served];
}

/** Rows lose the feature with the probability of its dropout; sequences of the same positions lose it together. */
function dropLines(feature: FeatureModel): readonly string[] {
  const { name, dropout } = feature;
  const space = " ".repeat(12);
  const key = `features[${quote(name)}]`;
  const owner = isSequence(feature) ? positionsOf(feature) : name;
  const draw = `lost_${owner.replace(/\W/g, "_")}`;
  const isOwner = owner === name;
  const drawn = isOwner
    ? [`${space}${draw} = torch.rand(len(batch), device=batch.weights.device) < ${numberText(dropout)}`]
    : [];
  if (isListFeature(feature)) {
    if (!hasIds(feature)) return drawn;
    return [...drawn, `${space}${key} = torch.where(${draw}.unsqueeze(-1), -1, ${key})`];
  }
  if (!hasIds(feature)) return [...drawn, `${space}${key} = torch.where(${draw}, 0.0, ${key})`];
  const unknown = canMiss(feature) && feature.missing?.kind === "zeros" ? `${key}.clamp(max=0)` : "0";
  return [...drawn, `${space}${key} = torch.where(${draw}, ${unknown}, ${key})`];
}

function servedLines(feature: FeatureModel): readonly string[] {
  const names = [feature.name, ...(isWeighted(feature) ? [`${feature.name}.weight`] : [])];
  return names.map((name) => `            features[${quote(name)}] = served(${quote(name)}, features[${quote(name)}])`);
}

/** What the network reads by its name, and the expression of it. */
function entryLines({ model, inputs }: FeaturesInput): readonly (readonly [string, Expr])[] {
  return inputs.flatMap((input): (readonly [string, Expr])[] => {
    switch (input.kind) {
      case "number":
        return [[input.feature, atom(`features[${quote(input.feature)}].unsqueeze(-1)`)]];
      case "embedding": {
        const { piece, feature } = input;
        return [[lookupName(piece, feature), atom(lookedUp(featureNamed(model, feature), tableKey(piece)))]];
      }
      case "mask":
        return [[`${input.feature}.mask`, atom(`(features[${quote(input.feature)}] >= 0).float()`)]];
      case "touched": {
        const key = tableKey(input.piece);
        const ids = `looked_up[${quote(key)}]`;
        const rows = method(call("rows_of", [`self.tables[${quote(key)}]`, ids]), "flatten", "0", "1");
        return [[touchedName(input), input.what === "rows" ? rows : call("shares_of", [ids])]];
      }
      default:
        return [];
    }
  });
}

/** By table whose touched rows the network reads, all that a batch looks up in it. */
function lookedUpLines({ model, inputs }: FeaturesInput): readonly string[] {
  const pieces = new Set(inputs.flatMap((input) => (input.kind === "touched" ? [input.piece] : [])));
  if (pieces.size === 0) return [];
  const entries = [...pieces].flatMap((piece) => {
    const readers = new Set(
      inputs.flatMap((each) => (each.kind === "embedding" && each.piece === piece ? [each.feature] : [])),
    );
    const ids = [...readers].map((name) => {
      const feature = featureNamed(model, name);
      const text = `features[${quote(name)}]`;
      return isListFeature(feature) ? text : `${text}.unsqueeze(-1)`;
    });
    const all = ids.length === 1 ? atom(ids[0] ?? "") : call("torch.cat", [list(ids.map(atom)), "dim=1"]);
    return print(`${quote(tableKey(piece))}: `, all, 12, ",");
  });
  return ["        looked_up = {  # [B, lookups]", ...entries, "        }"];
}

function lookedUp(feature: FeatureModel, key: string): string {
  const ids = `features[${quote(feature.name)}]`;
  const embedding = `self.tables[${quote(key)}]`;
  if (feature.kind === "bag") {
    if (isWeighted(feature))
      return `weighted_${feature.pool}(${embedding}, ${ids}, features[${quote(`${feature.name}.weight`)}])`;
    return `pooled_${feature.pool}(${embedding}, ${ids})`;
  }
  const isPadded = isListFeature(feature) || (canMiss(feature) && feature.missing?.kind === "zeros");
  return isPadded ? `rows_of(${embedding}, ${ids})` : `${embedding}(${ids})`;
}
