import { chainText } from "./chain-text.js";
import { type FileFormat, fileFormats, type FormatOption } from "../formats/index.js";
import { metricText, watchedText } from "../metrics/index.js";
import {
  type Arguments,
  type DataModel,
  hasTrees,
  type Model,
  type FileReading,
  type SourceModel,
  type SourceOptions,
  termsByHead,
  type TrainModel,
  declaredHeads,
} from "../model/index.js";
import { featureText, labelText } from "./feature-text.js";
import { formulaText } from "./formula-text.js";
import { headText, lossText, penaltyText } from "./head-text.js";
import { networkDeclarations } from "./network-text.js";
import { ruleText } from "./rule-text.js";
import { experimentEntries, inputText, paramText, rankText, testSteps } from "./serving-text.js";
import { callText, nameText, numberText, valueText } from "./value-text.js";
import { quote } from "../text/index.js";

/**
 * The spec of a model with every default written out, imports, variants and macros expanded. It compiles to a model with
 * the same hash; paths of files are relative to where the spec lay. The formatter gives it its layout.
 */
export function specText(model: Model): string {
  const sections = [
    `${docText(model.doc)}model ${model.name}`,
    block("data", dataEntries(model.data)),
    block(
      "features",
      model.features.map((each) => `${docText(each.doc)}${each.name}: ${featureText(each)}`),
    ),
    block(
      "labels",
      model.labels.map((each) => `${docText(each.doc)}${each.name}: ${labelText(each)}`),
    ),
    networkDeclarations(model)
      .map(({ text }) => text)
      .join("\n"),
    declaredHeads(model.heads)
      .map((head) => `${docText(head.doc)}${headText(model, head)}`)
      .join("\n"),
    model.heads.length === 0 ? "" : block("loss", lossEntries(model)),
    model.heads.length === 0
      ? ""
      : block("train", hasTrees(model) ? treeTrainEntries(model.train) : trainEntries(model.train)),
    block(
      "metrics",
      model.metrics.map(({ head, metrics }) => `${head}: [${metrics.map((metric) => metricText(metric)).join(", ")}]`),
    ),
    ...servingSections(model),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function servingSections({ serving, tests = [] }: Model): readonly string[] {
  if (serving === undefined) return [];
  const { inputs, params, fusions, ruleSets, ranks, experiments } = serving;
  const typed = (origin: "signal" | "attribute" | "request"): readonly string[] =>
    inputs.flatMap((input) =>
      input.origin === origin ? [`${docText(input.doc)}${input.name}: ${inputText(input)}`] : [],
    );
  return [
    block("signals", typed("signal")),
    block("attributes", typed("attribute")),
    block("request", typed("request")),
    block(
      "params",
      params.map((param) => `${docText(param.doc)}${param.name}: ${paramText(param)}`),
    ),
    fusions
      .map(
        ({ name, doc, value, chain }) =>
          `${docText(doc)}${chain === true ? `chain ${name} = ${chainText(value)}` : `fusion ${name} = ${formulaText(value)}`}`,
      )
      .join("\n"),
    ...ruleSets.map((set) => {
      const rules = set.rules.map((rule) => `${docText(rule.doc)}${ruleText(rule, set)}`);
      return `${docText(set.doc)}rules ${set.name} {\n${rules.join("\n")}\n}`;
    }),
    ranks.map((rank) => `${docText(rank.doc)}rank ${rank.name} = ${rankText(rank)}`).join("\n"),
    ...experiments.map(
      (experiment) =>
        `${docText(experiment.doc)}${block(`experiment ${experiment.name}`, experimentEntries(experiment))}`,
    ),
    ...tests.map((test) => `test ${quote(test.title)} {\n${testSteps(test, serving).join("\n")}\n}`),
  ];
}

function block(keyword: string, entries: readonly string[]): string {
  return entries.length === 0 ? "" : `${keyword} {\n${entries.join("\n")}\n}`;
}

function docText(doc: string | undefined): string {
  return doc === undefined
    ? ""
    : doc
        .split("\n")
        .map((line) => (line === "" ? "///\n" : `/// ${line}\n`))
        .join("");
}

function dataEntries({ format, train, validation, test, split, sample, group, weight }: DataModel): readonly string[] {
  const source = (name: string, value: SourceModel | undefined): readonly string[] =>
    value === undefined ? [] : [`${name}: ${sourceText(value)}`];
  return [
    ...(format === undefined ? [] : [`format: ${formatText(format)}`]),
    ...source("train", train),
    ...source("validation", validation),
    ...source("test", test),
    ...(split === undefined ? [] : [`split: ${splitText(split)}`]),
    ...(sample === undefined ? [] : [`sample: ${sampleText(sample)}`]),
    ...(group === undefined ? [] : [`group: ${nameText(group)}`]),
    ...(weight === undefined ? [] : [`weight: ${nameText(weight)}`]),
  ];
}

/** `csv("a.csv", header: true, …)`. */
export function sourceText({ format, paths, options }: SourceModel): string {
  const files = paths.length === 1 ? paths.map(quote).join() : `[${paths.map(quote).join(", ")}]`;
  return `${format}(${[files, ...optionTexts(format, options)].join(", ")})`;
}

/** `csv(header: true, …)`. */
export function formatText({ format, options }: Pick<FileReading, "format" | "options">): string {
  return `${format}(${optionTexts(format, options).join(", ")})`;
}

/** The options that a format has. */
function optionTexts(format: FileFormat, options: SourceOptions): readonly string[] {
  const { columns } = options;
  const texts: Readonly<Record<FormatOption, string | undefined>> = {
    delimiter: quote(options.delimiter),
    header: String(options.header),
    columns: columns === undefined ? undefined : `[${columns.map(nameText).join(", ")}]`,
    nulls: `[${options.nulls.map(quote).join(", ")}]`,
    trim: String(options.trim),
    common: options.common === undefined ? undefined : quote(options.common),
    table: options.table === undefined ? undefined : quote(options.table),
    order: options.order === undefined ? undefined : `[${options.order.map(nameText).join(", ")}]`,
  };
  return fileFormats[format].options.flatMap((name) => (texts[name] === undefined ? [] : [`${name}: ${texts[name]}`]));
}

/** `negatives(of: click, share: 0.1, …)`. */
export function sampleText({ label, share, seed }: NonNullable<DataModel["sample"]>): string {
  return `negatives(of: ${nameText(label)}, share: ${numberText(share)}, seed: ${numberText(seed)})`;
}

/** `split(by: hash(user_id), 0.9, …)`. */
export function splitText({ by, fraction, rest, seed }: NonNullable<DataModel["split"]>): string {
  const keys = by.length === 0 ? "rows" : `hash(${by.map(nameText).join(", ")})`;
  return `split(by: ${keys}, fraction: ${numberText(fraction)}, rest: ${rest}, seed: ${numberText(seed)})`;
}

function lossEntries(model: Model): readonly string[] {
  const { terms, penalties, balance } = model.loss;
  return [
    ...[...termsByHead(terms)].map(([head, own]) => `${head}: ${own.map((term) => lossText(model, term)).join(" + ")}`),
    ...penalties.map((term) => `${term.name}: ${penaltyText(model, term)}`),
    `balance: ${balanceText(balance)}`,
  ];
}

/** `fixed`, `gradnorm(alpha: 1.5)`. */
export function balanceText({ method, arguments: args }: Model["loss"]["balance"]): string {
  return callText(method, namedArguments(args));
}

function namedArguments(args: Arguments): readonly string[] {
  return Object.entries(args).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${valueText(value)}`]));
}

function trainEntries(train: TrainModel): readonly string[] {
  return [
    `optimizer: ${optimizersText(train)}`,
    `schedule: ${schedulesText(train)}`,
    ...(train.lrFactors === undefined ? [] : [`lr_factors: ${lrFactorsText(train.lrFactors)}`]),
    ...(train.frozen === undefined ? [] : [`frozen: ${frozenText(train.frozen)}`]),
    ...(train.init === undefined ? [] : [`init: ${initText(train.init)}`]),
    `clip: ${clipText(train.clip)}`,
    `embeddings: ${train.embeddings}`,
    `batch: ${numberText(train.batch)}`,
    ...(train.accumulate === undefined ? [] : [`accumulate: ${numberText(train.accumulate)}`]),
    ...(train.ema === undefined ? [] : [`ema: ${numberText(train.ema)}`]),
    ...(train.epochs === undefined ? [] : [`epochs: ${numberText(train.epochs)}`]),
    ...(train.steps === undefined ? [] : [`steps: ${numberText(train.steps)}`]),
    ...(train.validateEvery === undefined ? [] : [`validate_every: ${numberText(train.validateEvery)}`]),
    ...(train.checkpointEvery === undefined ? [] : [`checkpoint_every: ${numberText(train.checkpointEvery)}`]),
    `stop: ${stopText(train.stop)}`,
    ...(train.evictAfter === undefined ? [] : [`evict_after: ${numberText(train.evictAfter)}`]),
    `shuffle: ${String(train.shuffle)}`,
    ...(train.dropLast === true ? ["drop_last: true"] : []),
    `seed: ${numberText(train.seed)}`,
    ...formerlyEntries(train.formerly),
  ];
}

/** Trees have no gradients, and what goes with these. */
function treeTrainEntries({ stop, seed, formerly }: TrainModel): readonly string[] {
  return [`stop: ${stopText(stop)}`, `seed: ${numberText(seed)}`, ...formerlyEntries(formerly)];
}

function formerlyEntries(formerly: TrainModel["formerly"] = []): readonly string[] {
  if (formerly.length === 0) return [];
  return [`formerly: { ${formerly.map(({ name, was }) => `${name}: ${was}`).join(", ")} }`];
}

/** `adam(…)`, or one for each part. */
export function optimizersText({ optimizer, optimizers = [] }: TrainModel): string {
  if (optimizers.length === 0) return optimizerText(optimizer);
  const parts = optimizers.map((each) => `${each.part}: ${optimizerText(each)}`);
  return `{ ${[...parts, `all: ${optimizerText(optimizer)}`].join(", ")} }`;
}

export function optimizerText({ name, arguments: args }: TrainModel["optimizer"]): string {
  return callText(name, namedArguments(args));
}

/** `cosine(…)`, or one for each part. */
export function schedulesText({ schedule, schedules = [] }: TrainModel): string {
  if (schedules.length === 0) return scheduleText(schedule);
  const parts = schedules.map((each) => `${each.part}: ${scheduleText(each)}`);
  return `{ ${[...parts, `all: ${scheduleText(schedule)}`].join(", ")} }`;
}

/** `{ embeddings: normal(deviation: 0.01) }`. */
export function initText(init: NonNullable<TrainModel["init"]>): string {
  return `{ ${init.map((each) => `${each.part}: ${optimizerText(each)}`).join(", ")} }`;
}

/** `{ embeddings: 0.1, t: 2 }`. */
export function lrFactorsText(factors: NonNullable<TrainModel["lrFactors"]>): string {
  return `{ ${factors.map(({ part, factor }) => `${part}: ${numberText(factor)}`).join(", ")} }`;
}

/** `[item_id, t]`. */
export function frozenText(frozen: NonNullable<TrainModel["frozen"]>): string {
  return `[${frozen.map(({ part }) => part).join(", ")}]`;
}

export function scheduleText({ name, arguments: args }: TrainModel["schedule"]): string {
  return callText(name, namedArguments(args));
}

export function clipText(clip: TrainModel["clip"]): string {
  return clip.kind === "none" ? "none" : `${clip.kind}(${numberText(clip.limit)})`;
}

export function stopText(stop: TrainModel["stop"]): string {
  if (stop === undefined) return "none";
  return `early(metric: ${watchedText(stop)}, patience: ${numberText(stop.patience)})`;
}
