import { own } from "../../text/index.js";

/** Where a word is that other tools have. */
export type FamiliarPlace = "layer" | "parameter" | "train" | "label" | "type" | "loss" | "metric";

/** What this language has for it. */
export interface Familiar {
  /** The word to write in its place, where there is one that means the same. */
  readonly word?: string;
  readonly help?: string;
}

const ofOptimizer = (option: string): Familiar => ({
  help: `\`${option}\` is an argument of the optimizer: \`optimizer: adam(${option}: …)\``,
});

const eventLabel: Familiar = { word: "event", help: "what happens or does not is an `event`" };
const amountLabel: Familiar = {
  word: "amount",
  help: "a number is an `amount`, with its unit or not: `amount(seconds)`",
};
const classesLabel: Familiar = {
  word: "classes",
  help: "one of several is a label of classes: `classes(sport, news)`, or `classes(5)` for the numbers 0 to 4",
};
const classLabel: Familiar = {
  help: "a label is an `event` or an `amount`: a grade is an event for each step, `good: event = grade >= 4`, or an amount, whose mean `E(grade)` predicts",
};
const probability: Familiar = { help: "a task of an event predicts its probability: `P(label)`" };
const expectation: Familiar = { help: "a task of an amount predicts its mean: `E(label)`" };
const to = (word: string): Familiar => ({ word });

/** Words of other tools by place, in lower case without `_`. Of a parameter, the words here of which one may fit. */
const familiar: Readonly<Record<Exclude<FamiliarPlace, "parameter">, Readonly<Record<string, Familiar>>>> = {
  layer: {
    dnn: to("mlp"),
    deep: to("mlp"),
    ffn: to("mlp"),
    feedforward: to("mlp"),
    multilayerperceptron: to("mlp"),
    dense: { word: "linear", help: "`linear(x, width)` is one linear map, `mlp(x, [64, 32])` layers with activations" },
    fc: to("linear"),
    fullyconnected: to("linear"),
    concatenate: to("concat"),
    cat: to("concat"),
    batchnorm: { help: "it is `norm(x, kind: batch)`" },
    batchnormalization: { help: "it is `norm(x, kind: batch)`" },
    layernorm: { help: "it is `norm(x, kind: layer)`" },
    dcn: to("cross"),
    crossnet: to("cross"),
    crossnetwork: to("cross"),
    factorizationmachine: to("fm"),
    stopgradient: to("stop"),
    detach: to("stop"),
    relu: { help: "an activation is an option of a layer: `mlp(x, [64], activation: relu)`" },
    gelu: { help: "an activation is an option of a layer: `mlp(x, [64], activation: gelu)`" },
    tanh: { help: "an activation is an option of a layer: `mlp(x, [64], activation: tanh)`" },
    moe: { help: "a mixture is `experts pool[4] = mlp(x, [32])` and `gate g = softmax(x) over pool`" },
    mmoe: {
      help: "a mixture is `experts pool[4] = mlp(x, [32])` and a `gate` for each task; `import { mmoe } from std`",
    },
  },
  train: {
    lr: ofOptimizer("lr"),
    learningrate: ofOptimizer("lr"),
    momentum: { help: "it is an optimizer: `optimizer: momentum(momentum: 0.9)`" },
    weightdecay: { help: "`weight_decay` is an argument of `adamw`: `optimizer: adamw(weight_decay: …)`" },
    batchsize: to("batch"),
    numepochs: to("epochs"),
    nepochs: to("epochs"),
    maxepochs: to("epochs"),
    numsteps: to("steps"),
    nsteps: to("steps"),
    maxsteps: to("steps"),
    trainsteps: to("steps"),
    earlystopping: { word: "stop", help: "`stop: early(metric: auc(task), patience: 2)`" },
    patience: { help: "it is an argument of `stop`: `stop: early(metric: auc(task), patience: 2)`" },
    gradclip: { word: "clip", help: "`clip: norm(1.0)`, or `value(0.5)`" },
    gradientclip: { word: "clip", help: "`clip: norm(1.0)`, or `value(0.5)`" },
    gradientclipping: { word: "clip", help: "`clip: norm(1.0)`, or `value(0.5)`" },
    clipnorm: { help: "`clip: norm(1.0)`" },
    scheduler: to("schedule"),
    lrschedule: to("schedule"),
    lrscheduler: to("schedule"),
    randomseed: to("seed"),
    randomstate: to("seed"),
    loss: { help: "losses have a block of their own: `loss { task: bce }`" },
    metrics: { help: "metrics have a block of their own: `metrics { task: [auc] }`" },
    dropout: { help: "it is an argument of a layer: `mlp(x, [64], dropout: 0.1)`" },
    l2: { help: "a penalty goes into the `loss` block: `loss { l2: 1e-6 * l2(weights) }`" },
  },
  label: {
    binary: eventLabel,
    bool: eventLabel,
    boolean: eventLabel,
    classification: eventLabel,
    float: amountLabel,
    number: amountLabel,
    numeric: amountLabel,
    regression: amountLabel,
    continuous: amountLabel,
    class: classesLabel,

    categorical: classesLabel,
    multiclass: classesLabel,
    ordinal: classLabel,
    int: classLabel,
    integer: classLabel,
  },
  type: {
    binary: probability,
    classification: probability,
    regression: expectation,
    ranking: { word: "score" },
    probability,
    expectation,
  },
  loss: {
    binarycrossentropy: to("bce"),
    crossentropy: to("bce"),
    logloss: to("bce"),
    bcewithlogits: to("bce"),
    bcewithlogitsloss: to("bce"),
    bceloss: to("bce"),
    meansquarederror: to("mse"),
    mseloss: to("mse"),
    focalloss: to("focal"),
    smoothl1: to("huber"),
    mae: { help: "`huber(delta: 1)` is the absolute error beyond δ" },
    l1: { help: "`huber(delta: 1)` is the absolute error beyond δ" },
  },
  metric: {
    rocauc: to("auc"),
    aucroc: to("auc"),
    prauc: to("pr_auc"),
    averageprecision: to("pr_auc"),
    acc: to("accuracy"),
    mse: { help: "`rmse` is its root" },
    bce: to("logloss"),
    crossentropy: to("logloss"),
    copc: to("calibration"),
    pcoc: to("calibration"),
    hr: { help: "`hit_rate(at: 10)` is the share of groups with a positive row among the first 10" },
    hitratio: to("hit_rate"),
    ap: to("pr_auc"),
    ne: to("normalized_entropy"),
    nce: to("normalized_entropy"),
    f1score: to("f1"),
    maxf1score: to("max_f1"),
    groupedauc: to("gauc"),
    uauc: to("gauc"),
    pinball: to("quantile_loss"),
    pinballloss: to("quantile_loss"),
    meanabsolutepercentageerror: to("mape"),
  },
};

const parameters: Readonly<Record<string, readonly string[]>> = {
  embeddingdim: ["embed", "width"],
  embdim: ["embed", "width"],
  embeddingsize: ["embed", "width"],
  embsize: ["embed", "width"],
  dim: ["embed", "width", "widths"],
  dims: ["widths"],
  learningrate: ["lr"],
  stepsize: ["lr"],
  hiddenunits: ["widths", "hidden"],
  hiddendims: ["widths", "hidden"],
  units: ["width", "widths"],
  layers: ["widths", "depth"],
  numlayers: ["depth"],
  act: ["activation"],
  activationfn: ["activation"],
  dropoutrate: ["dropout", "rate"],
  droprate: ["dropout", "rate"],
  keepprob: ["dropout", "rate"],
  usebias: ["bias"],
  batchnorm: ["norm"],
  normalization: ["norm", "scale"],
  vocabsize: ["vocab"],
  vocabulary: ["values", "vocab"],
  numembeddings: ["ids", "vocab", "hash"],
  numbuckets: ["ids", "hash", "bins", "quantiles"],
  hashbucketsize: ["hash"],
  buckets: ["hash", "bins", "quantiles"],
  maxbin: ["bins"],
  sep: ["separator", "delimiter"],
  delim: ["separator", "delimiter"],
  pooling: ["pool"],
  combiner: ["pool"],
  maxlen: ["max"],
  maxlength: ["max"],
  fillvalue: ["missing"],
  fillna: ["missing"],
  default: ["missing"],
  scaler: ["scale"],
  transform: ["scale"],
  minfreq: ["min_count"],
  mincount: ["min_count"],
  eps: ["epsilon"],
  wd: ["weight_decay"],
  navalues: ["nulls"],
  warmupsteps: ["warmup"],
  totalsteps: ["steps"],
};

/** What is meant by a word that other tools have at a place; of a parameter, one of `known`. Undefined for other words. */
export function familiarWord(
  place: FamiliarPlace,
  written: string,
  known: readonly string[] = [],
): Familiar | undefined {
  const word = written.toLowerCase().replaceAll("_", "");
  if (place !== "parameter") return own(familiar[place], word);
  const fitting = own(parameters, word)?.find((each) => known.includes(each));
  return fitting === undefined ? undefined : { word: fitting };
}
