/** The keys of the `data` and `train` blocks with what each says, as data: the checker's lists, an editor's and a reference's text. */

export interface BlockKey {
  readonly name: string;
  /** One sentence for hover and reference. */
  readonly doc: string;
  /** What holds when the key is absent, as a spec would write it; absent where nothing does. */
  readonly default?: string;
  /** A value as people write it. */
  readonly example: string;
}

export const dataKeys = [
  { name: "train", doc: "Files whose rows train the model.", example: '"data/train/*.parquet"' },
  {
    name: "validation",
    doc: "Files that training is watched on: what `stop` looks at after each epoch.",
    example: '"data/validation.parquet"',
  },
  { name: "test", doc: "Files that `mtlc eval` measures on.", example: '"data/test.parquet"' },
  {
    name: "format",
    doc: "How files without a format of their own are read.",
    example: "csv(header: false, columns: [user_id, click])",
  },
  {
    name: "split",
    doc: "Which share of the training files' rows trains; the rest validates or tests.",
    example: "split(by: hash(user_id), 0.9)",
  },
  {
    name: "sample",
    doc: "Which share of the training rows without an event is kept; each of them then counts as many times as it stands for.",
    example: "negatives(of: click, share: 0.1)",
  },
  {
    name: "group",
    doc: "Column whose values group rows: the unit of GAUC, of pairs and of ranked lists.",
    example: "user_id",
  },
  { name: "weight", doc: "Column of sample weights, at least 0.", example: "weight" },
] as const satisfies readonly BlockKey[];

export const trainKeys = [
  {
    name: "optimizer",
    doc: "How gradients change parameters, or those of each part.",
    default: "adam",
    example: "adam(lr: 1e-3)",
  },
  {
    name: "schedule",
    doc: "How the learning rate changes over the steps, or that of each part.",
    default: "constant",
    example: "cosine(steps: 10_000)",
  },
  {
    name: "lr_factors",
    doc: "What the learning rate of parts is multiplied by.",
    default: "none",
    example: "{ embeddings: 0.1, t_ctr: 2 }",
  },
  {
    name: "frozen",
    doc: "Features, parts of the network, tasks and groups of parameters that are not trained.",
    default: "none",
    example: "[item_id, t_ctr]",
  },
  {
    name: "init",
    doc: "How weights, biases and embedding tables start, by part.",
    default: "none",
    example: "{ embeddings: normal(0.01), weights: he_uniform }",
  },
  {
    name: "clip",
    doc: "Bounds the gradients: `norm(1.0)` all of them together, `value(0.5)` each element.",
    default: "none",
    example: "norm(1.0)",
  },
  {
    name: "embeddings",
    doc: "Whether an embedding table's update touches only the rows of the batch (`sparse`), all rows (`dense`), or what is faster for its size (`auto`).",
    default: "auto",
    example: "sparse",
  },
  { name: "batch", doc: "Rows of one training step.", default: "1024", example: "4096" },
  {
    name: "accumulate",
    doc: "How many batches one step of the optimizer has: their gradients are added up.",
    default: "1",
    example: "4",
  },
  {
    name: "ema",
    doc: "Decay of the exponential moving average of the weights, which is measured, kept and served in their place.",
    default: "none",
    example: "0.999",
  },
  {
    name: "epochs",
    doc: "How often training goes through the data; without a bound where only `steps` is given.",
    default: "1",
    example: "3",
  },
  {
    name: "steps",
    doc: "How many steps training takes, in place of `epochs`; with both, whichever ends first.",
    default: "none",
    example: "5_000",
  },
  {
    name: "validate_every",
    doc: "Steps between two evaluations within an epoch; what `stop` watches is looked at there too.",
    default: "none",
    example: "500",
  },
  {
    name: "checkpoint_every",
    doc: "Steps between two checkpoints, besides one after each epoch and one a minute.",
    default: "none",
    example: "1_000",
  },
  {
    name: "stop",
    doc: "Ends training when a metric of a head has not improved for some evaluations.",
    default: "none",
    example: "early(metric: auc(ctr), patience: 2)",
  },
  {
    name: "drop_last",
    doc: "Whether rows at the end of an epoch that do not fill a batch are left out.",
    default: "false",
    example: "true",
  },
  {
    name: "evict_after",
    doc: "Continued runs after which a value that none of them had loses its id.",
    default: "none",
    example: "30",
  },
  { name: "shuffle", doc: "Whether rows come in another order each epoch.", default: "true", example: "false" },
  { name: "seed", doc: "Where all randomness of a run comes from.", default: "1", example: "7" },
  {
    name: "formerly",
    doc: "What features, parts of the network and heads were called before: a warm start takes their weights over.",
    default: "none",
    example: "{ t_cvr: t_buy }",
  },
] as const satisfies readonly BlockKey[];
