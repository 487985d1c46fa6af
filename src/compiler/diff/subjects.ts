/**
 * A model taken apart into what a review speaks of: subjects (a feature, a pool, a loss) with facets (its width, what it
 * reads), each a text of the language and the rule that a change of it falls under.
 */
import {
  balanceText,
  boundariesText,
  clipText,
  columnText,
  featureKind,
  featureText,
  missingIdText,
  eventText,
  headText,
  headTypeText,
  headValueText,
  labelText,
  listKeyText,
  lossText,
  numberText,
  optimizersText,
  optimizerText,
  penaltyText,
  schedulesText,
  scheduleText,
  servingText,
  formatText,
  frozenText,
  initText,
  lrFactorsText,
  sampleText,
  splitText,
  stopText,
  valueText,
  vocabularyOptions,
  classesText,
} from "../describe/index.js";
import { metricText } from "../metrics/index.js";
import { type ParameterSpec, resolveLoss } from "../builtins/index.js";
import {
  type Arguments,
  type FeatureModel,
  type ListFeature,
  type LossTerm,
  type Model,
  positionsOf,
  type NumberFeature,
  type Part,
  type SequenceFeature,
  type SourceModel,
  termNames,
  termsByHead,
  declaredHeads,
  canMiss,
  isWeighted,
} from "../model/index.js";
import { compareText, quote } from "../text/index.js";
import type { RuleId } from "./policy.js";

export interface Facet {
  readonly name: string;
  readonly rule: RuleId;
  /** As the spec says it. */
  readonly text: string;
  /** Set for lists: their items, so that a change of one names that one. */
  readonly items?: readonly string[];
  /** Set where another rule holds if the change keeps the subject's tensors from carrying over. */
  readonly tensorRule?: RuleId;
  /** Whether it does, by what it becomes; absent: it does when some of them do not. */
  readonly shapesTensors?: (after: Facet) => boolean;
  /** Of an argument: all that go with it. */
  readonly arguments?: Arguments;
}

export interface Subject {
  /** Unique in its section. */
  readonly name: string;
  /** `feature`, `experts`, `task`, `loss`, …: what a reader calls it. */
  readonly kind: string;
  /** The whole of it. */
  readonly text: string;
  readonly facets: readonly Facet[];
  readonly added: RuleId;
  readonly removed: RuleId;
}

export function facet(name: string, rule: RuleId, text: string, more: Partial<Facet> = {}): Facet {
  return { name, rule, text, ...more };
}

/** A subject of one facet: itself. */
export function plainSubject(kind: string, name: string, rule: RuleId, text: string): Subject {
  return { kind, name, text, facets: [facet(name, rule, text)], added: rule, removed: rule };
}

export function dataSubjects({ data }: Model): readonly Subject[] {
  const source = (name: "train" | "validation" | "test"): readonly Subject[] => {
    const value = data[name];
    return value === undefined ? [] : [sourceSubject(name, value)];
  };
  const { format, split, sample, group, weight } = data;
  return [
    ...(format === undefined ? [] : [plainSubject("data", "format", "data.format", formatText(format))]),
    ...source("train"),
    ...source("validation"),
    ...source("test"),
    ...(split === undefined ? [] : [plainSubject("data", "split", "data.split", splitText(split))]),
    ...(sample === undefined ? [] : [plainSubject("data", "sample", "data.sample", sampleText(sample))]),
    ...(group === undefined ? [] : [plainSubject("data", "group", "data.group", group)]),
    ...(weight === undefined ? [] : [plainSubject("data", "weight", "data.weight", weight)]),
  ];
}

function sourceSubject(name: "train" | "validation" | "test", { format, paths, options }: SourceModel): Subject {
  const rule = `data.${name}` as const;
  const list = (items: readonly string[]): string => `[${items.join(", ")}]`;
  const { header, delimiter, columns, nulls, trim, table, order } = options;
  return {
    kind: "data",
    name,
    text: `${format} ${list(paths)}`,
    facets: [
      facet("format", rule, format),
      facet("files", rule, list(paths), { items: paths }),
      facet("header", rule, String(header)),
      facet("delimiter", rule, quote(delimiter)),
      ...(columns === undefined ? [] : [facet("columns", rule, list(columns), { items: columns })]),
      facet("nulls", rule, list(nulls.map(quote)), { items: nulls }),
      facet("trim", rule, String(trim)),
      ...(table === undefined ? [] : [facet("table", rule, quote(table))]),
      ...(order === undefined ? [] : [facet("order", rule, list(order), { items: order })]),
    ],
    added: rule,
    removed: rule,
  };
}

export function featureSubjects({ features }: Model): readonly Subject[] {
  return features.map((feature) => {
    const isServed = feature.serving.kind !== "none";
    return {
      kind: "feature",
      name: feature.name,
      text: featureText(feature),
      facets: [
        facet("kind", "feature.kind", featureKind(feature)),
        facet("source", "feature.source", columnText(feature.source)),
        ...typeFacets(feature),
        ...missingFacets(feature),
        facet("serving", "feature.serving", servingText(feature.serving)),
        facet("dropout", "feature.dropout", numberText(feature.dropout)),
      ],
      added: isServed ? "feature.added" : "feature.added.unserved",
      removed: isServed ? "feature.removed" : "feature.removed.unserved",
    };
  });
}

function missingFacets(feature: FeatureModel): readonly Facet[] {
  if (!canMiss(feature) || feature.missing === undefined) return [];
  return [facet("missing", "feature.missing", missingIdText(feature.missing))];
}

function typeFacets(feature: FeatureModel): readonly Facet[] {
  switch (feature.kind) {
    case "numeric":
      return numberFacets(feature);
    case "numbers":
      return [...numberFacets(feature), ...sequenceFacets(feature)];
    case "bucket":
      return [
        facet(
          feature.boundaries.kind === "listed" ? "boundaries" : feature.boundaries.kind,
          "feature.boundaries",
          boundariesText(feature.boundaries).replace(/^\w+: /, ""),
          { tensorRule: "feature.boundaries.tensors" },
        ),
        facet("embed", "feature.embed", numberText(feature.embed)),
      ];
    case "categorical":
    case "bag":
    case "sequence": {
      const { vocabulary } = feature;
      const own = [
        facet("vocabulary", "feature.vocabulary", vocabularyOptions(vocabulary).join(", "), {
          tensorRule: "feature.vocabulary.tensors",
          ...(vocabulary.kind === "listed" ? { items: vocabulary.values } : {}),
        }),
        facet("embed", "feature.embed", numberText(feature.embed)),
      ];
      if (feature.kind === "categorical") return own;
      return feature.kind === "sequence"
        ? [...own, ...sequenceFacets(feature)]
        : [
            ...own,
            facet("pool", "feature.pool", feature.pool),
            facet("weighted", "feature.weighted", String(isWeighted(feature))),
            ...listFacets(feature),
          ];
    }
  }
}

function numberFacets({ scale, missing }: NumberFeature): readonly Facet[] {
  return [
    facet("scale", "feature.scale", scale),
    facet("missing", "feature.missing", typeof missing === "string" ? missing : numberText(missing)),
  ];
}

function sequenceFacets(feature: SequenceFeature): readonly Facet[] {
  const along = positionsOf(feature);
  return [
    facet("keep", "feature.keep", feature.keep),
    ...(along === feature.name ? [] : [facet("along", "feature.along", along)]),
    ...listFacets(feature),
  ];
}

function listFacets({ separator, max }: ListFeature): readonly Facet[] {
  return [facet("separator", "feature.separator", quote(separator)), facet("max", "feature.max", numberText(max))];
}

export function labelSubjects({ labels }: Model): readonly Subject[] {
  return labels.map((label) => ({
    kind: "label",
    name: label.name,
    text: labelText(label),
    facets: [
      facet("base", "label.base", label.base),
      facet("within", "label.within", label.within.join(", ") || "nothing"),
      facet("source", "label.source", columnText(label.source)),
      ...(label.unit === undefined ? [] : [facet("unit", "label.unit", label.unit)]),
      ...(label.classes === undefined ? [] : [facet("classes", "label.classes", classesText(label.classes))]),
    ],
    added: "label.added",
    removed: "label.removed",
  }));
}

export function headSubjects(model: Model): readonly Subject[] {
  return declaredHeads(model.heads).map((head) => ({
    kind: head.keyword,
    name: head.name,
    text: headText(model, head),
    facets: [
      facet("keyword", "head.keyword", head.keyword),
      facet("type", "head.type", headTypeText(model.labels, head.type)),
      ...(head.type.kind === "expectation" && head.type.unit !== undefined
        ? [facet("unit", "head.type", head.type.unit)]
        : []),
      facet("value", "head.value", headValueText(model, head.value), { tensorRule: "head.value.tensors" }),
      facet("served", "head.served", head.auxiliary ? "no" : "yes"),
    ],
    added: head.auxiliary ? "head.added.unserved" : "head.added",
    removed: head.auxiliary ? "head.removed.unserved" : "head.removed",
  }));
}

export function lossSubjects(model: Model): readonly Subject[] {
  const { terms, penalties, balance } = model.loss;
  return [
    ...namedTerms(terms).map(({ name, term }): Subject => ({
      kind: "loss",
      name,
      text: lossText(model, term),
      facets: [
        facet("loss", "loss.function", term.loss),
        facet("weight", "loss.weight", numberText(term.weight)),
        facet("rows", "loss.space", eventText(model.labels, term.space)),
        ...(term.by === undefined ? [] : [facet("lists", "loss.lists", listKeyText(term.by))]),
        ...argumentFacets(term.rows ?? {}, "loss.rows"),
        ...argumentFacets(term.arguments, "loss.argument", resolveLoss(term.loss)?.parameters),
      ],
      added: "loss.added",
      removed: "loss.removed",
    })),
    ...penalties.map((term): Subject => ({
      kind: "penalty",
      name: term.name,
      text: penaltyText(model, term),
      facets: [facet("penalty", "penalty.changed", penaltyText(model, term))],
      added: "penalty.added",
      removed: "penalty.removed",
    })),
    plainSubject("loss", "balance", "loss.balance", balanceText(balance)),
  ];
}

/** The first loss of a head under the head's name, so that another one beside it is one that was added. */
function namedTerms(terms: readonly LossTerm[]): readonly { readonly name: string; readonly term: LossTerm }[] {
  return [...termsByHead(terms)].flatMap(([head, own]) => {
    const sorted = own.toSorted((a, b) => compareText(a.loss, b.loss));
    const names = termNames(sorted);
    return sorted.map((term, place) => ({ name: place === 0 ? head : (names[place] ?? head), term }));
  });
}

/** One facet an argument; what nobody gave is not there. */
export function argumentFacets(
  args: Arguments,
  rule: RuleId,
  parameters: readonly ParameterSpec[] = [],
): readonly Facet[] {
  const typeOf = (name: string): ParameterSpec["type"] | undefined =>
    parameters.find((parameter) => parameter.name === name)?.type;
  return Object.entries(args).flatMap(([name, value]) =>
    value === null ? [] : [facet(name, rule, valueText(value, typeOf(name)))],
  );
}

export function trainSubjects({ train }: Model): readonly Subject[] {
  const { optimizer, schedule } = train;
  return [
    {
      ...plainSubject("train", "optimizer", "train.optimizer", optimizersText(train)),
      facets: [
        facet("name", "train.optimizer", optimizer.name),
        ...argumentFacets(optimizer.arguments, "train.optimizer"),
        ...(train.optimizers ?? []).map((each) => facet(`of ${each.part}`, "train.optimizer", optimizerText(each))),
      ],
    },
    {
      ...plainSubject("train", "schedule", "train.schedule", schedulesText(train)),
      facets: [
        facet("name", "train.schedule", schedule.name),
        ...argumentFacets(schedule.arguments, "train.schedule"),
        ...(train.schedules ?? []).map((each) => facet(`of ${each.part}`, "train.schedule", scheduleText(each))),
      ],
    },
    ...partSubject("lr_factors", train.lrFactors, lrFactorsText, ({ factor }) => numberText(factor)),
    ...partSubject("init", train.init, initText, optimizerText),
    ...partSubject("frozen", train.frozen, frozenText, () => "frozen"),
    plainSubject("train", "clip", "train.clip", clipText(train.clip)),
    plainSubject("train", "embeddings", "train.embeddings", train.embeddings),
    plainSubject("train", "batch", "train.batch", numberText(train.batch)),
    ...lengthSubject("accumulate", train.accumulate),
    ...lengthSubject("ema", train.ema),
    ...lengthSubject("epochs", train.epochs),
    ...lengthSubject("steps", train.steps),
    ...lengthSubject("validate_every", train.validateEvery),
    plainSubject("train", "stop", "train.stop", stopText(train.stop)),
    ...lengthSubject("evict_after", train.evictAfter),
    plainSubject("train", "shuffle", "train.shuffle", String(train.shuffle)),
    ...(train.dropLast === true ? [plainSubject("train", "drop_last", "train.drop_last", "true")] : []),
    plainSubject("train", "seed", "train.seed", numberText(train.seed)),
  ];
}

/** A facet for each part that something is said of. */
function partSubject<T extends Part>(
  key: "lr_factors" | "frozen" | "init",
  parts: readonly T[] | undefined,
  whole: (parts: readonly T[]) => string,
  text: (part: T) => string,
): readonly Subject[] {
  if (parts === undefined) return [];
  const rule = `train.${key}` as const;
  const facets = parts.map((part) => facet(`of ${part.part}`, rule, text(part)));
  return [{ ...plainSubject("train", key, rule, whole(parts)), facets }];
}

/** A bound that is not there says nothing. */
function lengthSubject(
  bound: "epochs" | "steps" | "validate_every" | "evict_after" | "accumulate" | "ema",
  value: number | undefined,
): readonly Subject[] {
  return value === undefined ? [] : [plainSubject("train", bound, `train.${bound}`, numberText(value))];
}

export function metricSubjects({ metrics }: Model): readonly Subject[] {
  return metrics.map(({ head, metrics: measured }) => {
    // Their order says nothing.
    const items = measured.map((metric) => metricText(metric)).toSorted();
    const text = `[${items.join(", ")}]`;
    return {
      ...plainSubject("metrics", head, "metrics.changed", text),
      facets: [facet("metrics", "metrics.changed", text, { items })],
    };
  });
}
