/** What kinds of changes there are, what each is about, and how far it reaches: the policy of `diff`, as data. */

/**
 * How far a change reaches, the farthest first; each class holds those after it. A `serving` change alters what callers of
 * the served model provide or get; after a `checkpoint` change tensors of before do not fit; after a `training` change they
 * fit, and training gives others; a `score` change needs no training, what is shown is decided differently; `report` is what
 * is measured and named.
 */
export const changeClasses = ["serving", "checkpoint", "training", "score", "report"] as const;
export type ChangeClass = (typeof changeClasses)[number];

/** One sentence a class, for a legend. */
export const classMeanings: Readonly<Record<ChangeClass, string>> = {
  serving: "callers provide other inputs or get other outputs",
  checkpoint: "tensors of before do not fit, or mean something else: what is named below is reinitialized",
  training: "every tensor fits; training again gives other weights",
  score: "no training needed: the same predictions are scored and listed differently",
  report: "nothing that is predicted changes: names, and what is measured",
};

export interface ChangeRule {
  readonly class: ChangeClass;
  /** What the change is, as a sentence's end. */
  readonly purpose: string;
}

function rule(reach: ChangeClass, purpose: string): ChangeRule {
  return { class: reach, purpose };
}

/** Every kind of change, by its stable id. */
export const changeRules = {
  "model.name": rule("report", "the model has another name"),
  "model.counters": rule("report", "exposures are counted under the model's name: the counters start again"),
  "name.changed": rule("report", "it has another name; its weights are kept"),
  "name.changed.served": rule("serving", "callers get the prediction under another name; its weights are kept"),
  "model.other": rule("training", "another field of the model changed"),

  "data.train": rule("training", "training reads other files, or parses them differently"),
  "data.validation": rule("training", "early stopping and the choice of weights look at other rows"),
  "data.test": rule("report", "the test measures on other rows"),
  "data.format": rule("training", "files without a format of their own are parsed differently"),
  "data.sample": rule("training", "training uses other rows"),
  "data.split": rule("training", "training uses other rows"),
  "data.group": rule("report", "rows are grouped by another column"),
  "data.weight": rule("training", "rows have other sample weights"),

  "feature.added": rule("serving", "callers provide one more input"),
  "feature.removed": rule("serving", "callers need one input less"),
  "feature.added.unserved": rule("checkpoint", "training reads one more input, serving does not"),
  "feature.removed.unserved": rule("checkpoint", "training reads one input less, serving never had it"),
  "feature.source": rule("serving", "the input is made from other columns"),
  "feature.serving": rule("serving", "serving sees something else in its place"),
  "feature.separator": rule("serving", "texts are split differently"),
  "feature.kind": rule("checkpoint", "the values are encoded differently"),
  "feature.vocabulary": rule("training", "other values have ids; rows of those that stay carry over"),
  "feature.vocabulary.tensors": rule("checkpoint", "ids stand for other values"),
  "feature.boundaries": rule("training", "ids stand for other intervals; rows of those that stay carry over"),
  "feature.boundaries.tensors": rule("checkpoint", "ids stand for other intervals"),
  "feature.embed": rule("checkpoint", "its embedding has another width"),
  "feature.scale": rule("training", "the network reads other numbers for the same values"),
  "feature.missing": rule("training", "null is read as another value"),
  "feature.pool": rule("training", "its values are pooled differently"),
  "feature.weighted": rule("training", "its values have weights, or none any more"),
  "feature.keep": rule("training", "other values of a long row are read"),
  "feature.along": rule("training", "its values are at the positions of another sequence"),
  "feature.max": rule("training", "another number of its values is read"),
  "feature.dropout": rule("training", "training hides it more or less often"),

  "label.added": rule("training", "one more label to learn from"),
  "label.removed": rule("training", "one label less to learn from"),
  "label.base": rule("training", "it became a label of another kind: an event, an amount or classes"),
  "label.within": rule("training", "it implies other events"),
  "label.source": rule("training", "the label is computed from other data"),
  "label.classes": rule("training", "it has other classes"),
  "label.unit": rule("serving", "predictions of it have another unit"),

  "network.added": rule("checkpoint", "a new part, without weights yet"),
  "network.removed": rule("checkpoint", "its weights are dropped"),
  "network.added.free": rule("training", "a new part, which has no weights"),
  "network.removed.free": rule("training", "it had no weights"),
  "network.renamed": rule("report", "it has another name, and no weights"),
  "network.keyword": rule("report", "it is declared with another keyword"),
  "network.layer": rule("checkpoint", "it computes something else"),
  "network.argument": rule("training", "the same tensors, used differently"),
  "network.argument.tensors": rule("checkpoint", "its tensors have other shapes"),
  "network.reads": rule("training", "it reads other parts, or in another order; its own tensors fit"),
  "network.reads.tensors": rule("checkpoint", "it reads other parts, and its tensors do not fit them"),
  "network.experts": rule("checkpoint", "another number of experts"),
  "network.mix": rule("training", "its gate mixes another number of experts; weights of those that stay carry over"),
  "network.mix.tensors": rule("checkpoint", "its gate mixes another number of experts"),
  "network.shape": rule("training", "what it reads has another shape; weights of what it read before carry over"),
  "network.shape.tensors": rule("checkpoint", "what it reads has another shape"),
  "network.columns": rule("checkpoint", "what it reads is in another order, or is made of other parts"),
  "network.value": rule("training", "it computes something else with the same tensors"),
  "network.value.tensors": rule("checkpoint", "it computes something else, with other tensors"),

  "head.added": rule("serving", "callers get one more prediction"),
  "head.removed": rule("serving", "callers miss a prediction"),
  "head.added.unserved": rule("checkpoint", "one more prediction is trained and not served"),
  "head.removed.unserved": rule("checkpoint", "a prediction that was never served is not trained any more"),
  "head.type": rule("serving", "the prediction is of another event or amount"),
  "head.served": rule("serving", "callers get it, or do not get it any more"),
  "head.keyword": rule("report", "it is declared with another keyword"),
  "head.columns": rule("checkpoint", "what it reads has another shape or order"),
  "head.value": rule("training", "it is computed differently from the same tensors"),
  "head.value.tensors": rule("checkpoint", "it is computed differently, with other tensors"),

  "loss.added": rule("training", "one more prediction is trained directly"),
  "loss.removed": rule("training", "a prediction is not trained directly any more"),
  "loss.function": rule("training", "its loss is computed differently"),
  "loss.argument": rule("training", "its loss is computed differently"),
  "loss.weight": rule("training", "its weight in the total loss changed"),
  "loss.space": rule("training", "it is trained on other rows"),
  "loss.rows": rule("training", "rows count otherwise in its loss"),
  "loss.lists": rule("training", "it compares rows with others"),
  "penalty.added": rule("training", "one more penalty"),
  "penalty.removed": rule("training", "one penalty less"),
  "penalty.changed": rule("training", "the penalty is computed differently"),
  "loss.balance": rule("training", "task losses are balanced differently"),

  "train.optimizer": rule("training", "updates are computed differently"),
  "train.schedule": rule("training", "the learning rate follows another schedule"),
  "train.lr_factors": rule("training", "parts are trained at another rate"),
  "train.init": rule("training", "parameters start from other numbers"),
  "train.frozen": rule("training", "other parts stay as they are"),
  "train.clip": rule("training", "gradients are clipped differently"),
  "train.embeddings": rule("training", "embedding tables are updated differently"),
  "train.batch": rule("training", "another batch size"),
  "train.accumulate": rule("training", "a step has another number of batches"),
  "train.ema": rule("training", "the weights that are kept are averaged differently"),
  "train.epochs": rule("training", "training is longer or shorter"),
  "train.steps": rule("training", "training is longer or shorter"),
  "train.validate_every": rule("training", "it is measured more or less often, which early stopping looks at"),
  "train.stop": rule("training", "training ends by another rule"),
  "train.drop_last": rule("training", "the rows at the end of an epoch count or do not"),
  "train.evict_after": rule("training", "ids that later data does not have are kept longer or shorter"),
  "train.shuffle": rule("training", "rows come in another order"),
  "train.seed": rule("training", "random numbers are different"),

  "metrics.changed": rule("report", "other things are measured"),

  "attribute.added": rule("serving", "callers provide one more attribute of a candidate"),
  "attribute.removed": rule("serving", "callers need one attribute less"),
  "attribute.changed": rule("serving", "the attribute has another type or range"),
  "signal.added": rule("serving", "callers provide one more score of another system"),
  "signal.removed": rule("serving", "callers need one score less"),
  "signal.changed": rule("serving", "the score is of another type or range"),
  "rank.added": rule("serving", "callers get one more list"),
  "rank.removed": rule("serving", "callers miss a list"),
  "rank.changed": rule("score", "the list is built differently"),
  "fusion.added": rule("score", "one more formula"),
  "fusion.removed": rule("score", "one formula less"),
  "fusion.changed": rule("score", "candidates are scored differently"),
  "param.added": rule("score", "one more number to tune"),
  "param.removed": rule("score", "one number less to tune"),
  "param.changed": rule("score", "the formula has another number"),
  "rule.added": rule("score", "one more rule"),
  "rule.removed": rule("score", "one rule less"),
  "rule.changed": rule("score", "the rule says something else"),
  "rule.order": rule("score", "rules that compete are served in another order"),
  "counter.added": rule("score", "one more rule that counts exposures; its counters start at 0"),
  "counter.removed": rule("score", "one rule that counts exposures less; its counters are not read any more"),
  "counter.moved": rule("score", "exposures are counted under another key: the counters start again"),
  "experiment.added": rule("score", "requests are divided once more"),
  "experiment.removed": rule("score", "requests are not divided any more"),
  "experiment.changed": rule("score", "requests are divided differently"),
} as const satisfies Readonly<Record<string, ChangeRule>>;

export type RuleId = keyof typeof changeRules;

/** The class that holds all of them: the farthest. */
export function widestClass(classes: readonly ChangeClass[]): ChangeClass | undefined {
  return changeClasses.find((each) => classes.includes(each));
}

/** Whether a change of one class is also one of another: a `serving` change is a `score` change too. */
export function holdsClass(wide: ChangeClass, narrow: ChangeClass): boolean {
  return changeClasses.indexOf(wide) <= changeClasses.indexOf(narrow);
}
