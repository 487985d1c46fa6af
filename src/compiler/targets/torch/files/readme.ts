/** `README.md` of a package. */
import type { Forward } from "../../../lower/index.js";
import { listColumn, type Model } from "../../../model/index.js";
import { measuredMetrics } from "./metrics.js";

export interface ReadmeInput {
  readonly model: Model;
  readonly generator: string;
  readonly forward: Forward;
  readonly measures: boolean;
  /** Why tables cannot be in shards; undefined where they can. */
  readonly refused: string | undefined;
}

export function readmeFile({ model, generator, forward, measures, refused }: ReadmeInput): string {
  const sparse = forward.tables.filter(({ update }) => update === "sparse").map(({ name }) => `\`${name}\``);
  const left = model.metrics.flatMap(({ head, metrics }) => {
    const own = measuredMetrics(metrics);
    const others = metrics.filter((metric) => typeof metric !== "string" || !own.includes(metric));
    return others.length === 0
      ? []
      : [`${others.map((metric) => (typeof metric === "string" ? metric : metric.name)).join(", ")} of \`${head}\``];
  });
  const list = listColumn(model.loss);
  return `${[
    `# ${model.name}`,
    "",
    ...(model.doc === undefined ? [] : [model.doc.trim(), ""]),
    `A PyTorch package, written by ${generator} from a spec in MTL. It needs nothing of mtlc.`,
    "",
    "```sh",
    "pip install .                                # numpy, torch",
    "python train.py --train FILE… --output run   # one process",
    "torchrun --nproc-per-node 4 train.py …       # several, each with its share of the rows",
    ...(measures ? ["python eval.py --output run --data FILE…"] : []),
    "mtlc import run -o artifact                  # back: an artifact that serves and exports as any other",
    "```",
    "",
    "| file | what is in it |",
    "| --- | --- |",
    "| `model.py` | the network: a class for each part that is trained, under its name in the spec |",
    "| `losses.py` | a function for each loss and penalty, over the rows that it sees |",
    "| `features.py` | embedding tables, and the vector of each feature |",
    "| `encoders.py`, `values.py` | from the cells of files to ids and numbers |",
    "| `data.py` | files as batches, each process its share |",
    "| `optim.py` | optimizers and learning rates |",
    ...(measures
      ? ["| `metrics.py`, `eval.py` | what each head is measured on, and metrics over all processes |"]
      : []),
    "| `train.py` | training, checkpoints |",
    ...(refused === undefined
      ? ["| `embedding.py`, `sharding.py` | tables whole on each process, or in shards by TorchRec |"]
      : ["| `embedding.py` | loads and writes the weights |"]),
    "| `fitted.json` | vocabularies, scales and boundaries that the training data decided |",
    "| `mtlc.json` | the spec, and which tensor is which part of it |",
    "| `weights.safetensors` | the weights that training starts from |",
    "",
    "## Several processes",
    "",
    "`--batch` is the batch of a step over all processes. A loss is the mean over the rows of all of them, so that",
    "N processes take the step that one takes with the whole batch. Where there are GPUs, each process has one (NCCL);",
    "else they meet by gloo.",
    ...(sparse.length === 0 ? [] : ["", `Of ${sparse.join(", ")} a step moves only the rows that the batch touches.`]),
    ...(list === undefined
      ? []
      : ["", `A loss compares the rows of one \`${list}\`: these stay together, and the rows are held in memory.`]),
    "",
    ...(refused === undefined ? shardsLines : []),
    "## Going on",
    "",
    "Each epoch ends with a checkpoint in the run's folder; `--resume` goes on from there, with the same rows in the same order.",
    ...(left.length === 0
      ? []
      : ["", `Not measured here, but by \`mtlc eval\` after \`mtlc import\`: ${left.join("; ")}.`]),
  ].join("\n")}\n`;
}

const shardsLines: readonly string[] = [
  "## Tables that fit on no machine",
  "",
  "`torchrun … train.py --embedding torchrec` shards the tables: those with `--table-wise` rows or more are whole on one",
  "process, those with `--row-wise` or more have some rows on each. A step is the same as without shards. TorchRec must be",
  "the version for PyTorch's; beside PyTorch 2.4:",
  "",
  "```sh",
  "pip install --no-deps torchrec==0.8.0 fbgemm-gpu-cpu==0.8.0    # with GPUs fbgemm-gpu==0.8.0",
  "pip install iopath pyre-extensions tensordict==0.5.0 torchmetrics==1.0.3 tqdm",
  "```",
  "",
];
