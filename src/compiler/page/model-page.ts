import { groupDigits } from "../text/index.js";
import type { Amount, Cost } from "../cost/index.js";
import {
  balanceText,
  boundariesText,
  featureKind,
  columnText,
  eventText,
  formulaText,
  headTypeText,
  headValueText,
  inputTypeText,
  labelText,
  frozenText,
  initText,
  lossText,
  lrFactorsText,
  networkDeclarations,
  numberText,
  optimizersText,
  paramText,
  penaltyText,
  rankText,
  ruleClauses,
  schedulesText,
  servingText,
  shapeText,
  stopText,
  vocabularyOptions,
  missingIdText,
} from "../describe/index.js";
import { metricText } from "../metrics/index.js";
import {
  type FeatureModel,
  hasTrees,
  type HeadModel,
  type LossTerm,
  type Model,
  type NumberFeature,
  type ServingModel,
  declaredHeads,
  canMiss,
  isWeighted,
} from "../model/index.js";
import { code, codeBlock, markdownTable, prose, section } from "./markdown.js";

export interface PageOptions {
  /** Address of a picture of the model, as `mtlc graph` draws it. */
  readonly image?: string;
}

/** The page of a model as Markdown. */
export function modelPage(model: Model, cost: Cost, { image }: PageOptions = {}): string {
  const parts = [
    `# ${model.name}`,
    model.doc ?? "",
    image === undefined ? "" : `![The model ${model.name}](${image})`,
    section("Predictions", predictions(model)),
    section("Labels", labels(model)),
    section("Features", features(model)),
    section("Network", network(model, cost)),
    section("Losses and training", losses(model), training(model)),
    ...(model.serving === undefined ? [] : servingSections(model.serving)),
    section("Cost", costTable(cost), sharing(cost)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function predictions(model: Model): string {
  const rows = declaredHeads(model.heads).map((head) => {
    const metrics = model.metrics.find((each) => each.head === head.name)?.metrics ?? [];
    return [
      code(head.name),
      code(headTypeText(model.labels, head.type)),
      code(headValueText(model, head.value)),
      rowsOf(model, head),
      metrics.map((metric) => metricText(metric)).join(", "),
      [head.auxiliary ? "Trained, never served." : "", prose(head.doc)].filter((part) => part !== "").join(" "),
    ];
  });
  return markdownTable(["prediction", "of", "computed as", "measured on", "by", ""], rows);
}

function rowsOf({ labels: known }: Model, { type }: HeadModel): string {
  if (type.kind === "score" || type.given.length === 0) return "every row";
  return `rows with ${code(eventText(known, type.given))}`;
}

function labels(model: Model): string {
  const rows = model.labels.map((label) => [
    code(label.name),
    code(labelText({ ...label, source: { kind: "column", name: label.name, span: label.span } })),
    code(columnText(label.source)),
    prose(label.doc),
  ]);
  return markdownTable(["label", "is", "from the data", ""], rows);
}

function features(model: Model): string {
  const rows = model.features.map((feature) => [
    code(feature.name),
    featureKind(feature),
    encodingOf(feature),
    code(columnText(feature.source)),
    feature.serving.kind === "data" ? "as in the data" : code(servingText(feature.serving)),
    prose(feature.doc),
  ]);
  return markdownTable(["feature", "kind", "becomes", "from the data", "at serving", ""], rows);
}

function encodingOf(feature: FeatureModel): string {
  const text = valueEncoding(feature);
  return !canMiss(feature) || feature.missing === undefined
    ? text
    : `${text}, null as ${code(missingIdText(feature.missing))}`;
}

function valueEncoding(feature: FeatureModel): string {
  switch (feature.kind) {
    case "numeric":
      return `1 number, ${scaleOf(feature)}`;
    case "bucket":
      return `${feature.embed} numbers an interval, ${code(boundariesText(feature.boundaries))}`;
    case "categorical":
      return `${feature.embed} numbers per value, ${code(vocabularyOptions(feature.vocabulary).join(", "))}`;
    case "bag":
      return `${feature.embed} numbers, the ${isWeighted(feature) ? "weighted " : ""}${feature.pool} of at most ${feature.max} values, ${code(vocabularyOptions(feature.vocabulary).join(", "))}`;
    case "numbers":
      return `1 number for each value of ${code(feature.along)}, ${scaleOf(feature)}`;
    case "sequence":
      return `${feature.embed} numbers for each of ${feature.keep === "all" ? "at most" : `the ${feature.keep}`} ${feature.max} values, ${code(vocabularyOptions(feature.vocabulary).join(", "))}`;
  }
}

function scaleOf({ scale, missing }: NumberFeature): string {
  return `scale ${code(scale)}, null as ${missingText(missing)}`;
}

function network(model: Model, cost: Cost): string {
  const parameters = new Map(cost.parts.map((part) => [part.name, part.parameters]));
  const rows = networkDeclarations(model).map(({ keyword, name, value, nodes }) => {
    const own = nodes.reduce((total, { id }) => total + (parameters.get(id) ?? 0), 0);
    const [first] = nodes;
    return [keyword, code(name), code(value), first === undefined ? "" : shapeText(first), groupDigits(own)];
  });
  return markdownTable(["", "part", "is", "gives", "weights"], rows);
}

function losses(model: Model): string {
  const { terms, penalties, balance } = model.loss;
  return markdownTable(
    ["trained", "by", "on"],
    [
      ...terms.map((term) => [
        code(term.head),
        code(lossText(model, term)),
        `${term.space.length === 0 ? "every row" : `rows with ${code(eventText(model.labels, term.space))}`}${listsOf(term)}`,
      ]),
      ...penalties.map((term) => [code(term.name), code(penaltyText(model, term)), "weights"]),
      ...(balance.method === "fixed" ? [] : [["balance", code(balanceText(balance)), "the losses of heads"]]),
    ],
  );
}

function listsOf({ by }: LossTerm): string {
  if (by === undefined) return "";
  return by.kind === "batch" ? ", in lists of a step's rows" : `, in lists by ${code(by.column)}`;
}

function training(model: Model): string {
  const { train, heads } = model;
  if (heads.length === 0) return "";
  const rows = hasTrees(model)
    ? [
        ["stop", code(stopText(train.stop))],
        ["seed", String(train.seed)],
      ]
    : stepRows(train);
  return markdownTable(["training", ""], rows);
}

function stepRows(train: Model["train"]): readonly (readonly string[])[] {
  return [
    ["optimizer", code(optimizersText(train))],
    ["learning rate", code(schedulesText(train))],
    ...(train.lrFactors === undefined ? [] : [["times", code(lrFactorsText(train.lrFactors))]]),
    ...(train.init === undefined ? [] : [["init", code(initText(train.init))]]),
    ...(train.frozen === undefined ? [] : [["frozen", code(frozenText(train.frozen))]]),
    [
      "batch",
      `${groupDigits(train.batch)} rows${train.accumulate === undefined ? "" : `, ${train.accumulate} batches per step`}`,
    ],
    ...(train.ema === undefined ? [] : [["average of weights", code(`ema: ${numberText(train.ema)}`)]]),
    ...(train.epochs === undefined
      ? [["steps", `${groupDigits(train.steps ?? 0)}, stop: ${code(stopText(train.stop))}`]]
      : [["epochs", `${train.epochs}${stepBound(train)}, stop: ${code(stopText(train.stop))}`]]),
    ...(train.validateEvery === undefined ? [] : [["measured", `every ${groupDigits(train.validateEvery)} steps`]]),
    ["seed", String(train.seed)],
  ];
}

function missingText(missing: "mean" | "none" | number): string {
  if (missing === "mean") return "the mean";
  return missing === "none" ? "missing" : numberText(missing);
}

function stepBound({ steps }: Model["train"]): string {
  return steps === undefined ? "" : `, at most ${groupDigits(steps)} steps`;
}

function servingSections(serving: ServingModel): readonly string[] {
  const { inputs, params, fusions, ruleSets, ranks } = serving;
  const provided = inputs.filter(({ origin }) => origin === "attribute" || origin === "signal" || origin === "request");
  return [
    section(
      "What a candidate provides",
      markdownTable(
        ["value", "", "is", ""],
        provided.map((input) => [code(input.name), input.origin, code(inputTypeText(input)), prose(input.doc)]),
      ),
    ),
    section(
      "Formulas",
      codeBlock(fusions.map(({ name, value }) => `fusion ${name} = ${formulaText(value)}`)),
      markdownTable(
        ["parameter", "value and range", ""],
        params.map((param) => [code(param.name), code(paramText(param)), prose(param.doc)]),
      ),
    ),
    section(
      "Rules",
      ...ruleSets.map((set) =>
        [
          `### ${set.name}${set.doc === undefined ? "" : `: ${prose(set.doc)}`}`,
          markdownTable(
            ["rule", "does", "says", ""],
            set.rules.map((rule) => [
              code(rule.name),
              rule.verb,
              code(ruleClauses(rule, set).join(" ")),
              prose(rule.doc),
            ]),
          ),
        ].join("\n\n"),
      ),
    ),
    section(
      "Lists",
      markdownTable(
        ["list", "is", ""],
        ranks.map((rank) => [code(rank.name), code(rankText(rank)), prose(rank.doc)]),
      ),
    ),
    section("Experiments", markdownTable(["experiment", "arm", "share", "sets", "requests"], experimentRows(serving))),
  ];
}

function experimentRows({ experiments }: ServingModel): readonly (readonly string[])[] {
  return experiments.flatMap((experiment) =>
    experiment.arms.map(({ name, share, params }) => [
      code(experiment.name),
      code(name),
      numberText(share),
      code(
        Object.entries(params)
          .map(([param, value]) => `${param}: ${numberText(value)}`)
          .join(", "),
      ),
      `by ${code(experiment.key)}`,
    ]),
  );
}

function costTable({ total, shared, private: own, separate, tasks }: Cost): string {
  if (total.parameters === 0 && total.flops === 0) return "";
  const row = (name: string, { parameters, bytes, flops }: Amount): readonly string[] => [
    name,
    groupDigits(parameters),
    groupDigits(bytes),
    groupDigits(flops),
  ];
  return markdownTable(
    ["", "parameters", "bytes", "FLOPs a row"],
    [
      row("shared by tasks", shared),
      row("private to one", own),
      row("**total**", total),
      ...(tasks.length < 2 ? [] : [row(`as ${tasks.length} single models`, separate)]),
    ],
  );
}

function sharing({ ids }: Cost): string {
  const open = ids.filter(({ source }) => source === "data").map(({ feature }) => code(feature));
  if (open.length === 0) return "";
  return `The data decides the number of ids of ${open.join(", ")}: each counts as one row here.`;
}
