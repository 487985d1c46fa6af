/** A first spec as text: what was guessed of a file, with a network, a formula and a ranking to start from. Pure. */
import type { FeatureGuess, Guess, LabelGuess } from "./guess.js";
import { createNames, isName, type Names } from "./names.js";

/** What the text needs to know of the file. */
export interface FileFacts {
  /** The file as messages and comments name it. */
  readonly shown: string;
  /** Its path as the spec writes it. */
  readonly path: string;
  /** `csv(delimiter: ";")`, where the ending of the path does not say it. */
  readonly format?: string;
  readonly rows: number;
  readonly model: string;
  /** The distinct values of the group column. */
  readonly groups: number;
}

interface NamedLabel extends LabelGuess {
  readonly name: string;
}

interface NamedFeature extends FeatureGuess {
  readonly name: string;
}

/** The whole spec, not yet laid out. */
export function firstSpec(guess: Guess, facts: FileFacts): string {
  const [own, labelNames] = [createNames(), createNames()];
  const labels = guess.labels.map((label): NamedLabel => ({
    ...label,
    name: labelNames.forColumn(label.column, "label"),
  }));
  const features = guess.features.map((feature): NamedFeature => ({
    ...feature,
    name: own.forColumn(feature.column, "c"),
  }));
  return [
    `/// A first model of ${facts.shown}, guessed from its ${facts.rows.toLocaleString("en")} rows: read it, and change what is not so.`,
    `model ${facts.model}`,
    "",
    dataBlock(guess, facts),
    "",
    featuresBlock(features, guess),
    "",
    labelsBlock(labels, guess.questions, labelNames),
    "",
    network(labels, own, guess.group !== undefined),
    trainBlock(facts.rows),
    "",
  ].join("\n");
}

function dataBlock({ group, groupIsRequest, nulls }: Guess, { path, format, groups }: FileFacts): string {
  const options = nulls.length === 0 ? "" : `nulls: [${nulls.map((text) => JSON.stringify(text)).join(", ")}]`;
  const reading = withOptions(format, options, path);
  // Rows of one request stay together, where there are enough requests for both sides.
  const by = group !== undefined && groupIsRequest && groups >= 50 ? `by: hash(${columnText(group)}), ` : "";
  return [
    "data {",
    ...(reading === undefined ? [] : [`  format: ${reading}`]),
    `  train: ${JSON.stringify(path)}`,
    `  split: split(${by}0.8, rest: test)`,
    ...(group === undefined ? [] : [`  group: ${columnText(group)}`]),
    "}",
  ].join("\n");
}

function withOptions(format: string | undefined, options: string, path: string): string | undefined {
  if (options === "") return format;
  const base = format ?? (/\.tsv|\.tab/.test(path) ? "tsv" : /\.jsonl|\.ndjson/.test(path) ? "jsonl" : "csv");
  return base.endsWith(")") ? `${base.slice(0, -1)}, ${options})` : `${base}(${options})`;
}

function columnText(column: string): string {
  return isName(column) ? column : `column(${JSON.stringify(column)})`;
}

function featuresBlock(features: readonly NamedFeature[], { left }: Guess): string {
  return [
    "features {",
    ...entriesOf(features).map((line) => `  ${line}`),
    ...left.map(({ column, why }) => `  // ${columnText(column)} is left out: ${why}`),
    "}",
  ].join("\n");
}

/** One line per feature; features whose names count up and that are alike share one. */
function entriesOf(features: readonly NamedFeature[]): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < features.length;) {
    const run = runFrom(features, at);
    const [first, last] = [run[0] as NamedFeature, run.at(-1) as NamedFeature];
    if (run.length >= 3) lines.push(`${first.name} .. ${last.name}: ${first.type}`);
    else for (const feature of run) lines.push(`${feature.name}: ${typeText(feature)} // ${feature.seen}`);
    at += run.length;
  }
  return lines;
}

/** The longest run of alike features from here whose names differ in one number that counts up. */
function runFrom(features: readonly NamedFeature[], at: number): readonly NamedFeature[] {
  const run = [features[at] as NamedFeature];
  for (let i = at + 1; i < features.length; i++) {
    const [before, next] = [run.at(-1) as NamedFeature, features[i] as NamedFeature];
    if (next.type !== before.type || next.name !== next.column || before.name !== before.column) break;
    if (!followsOn(before.name, next.name)) break;
    run.push(next);
  }
  return run;
}

function followsOn(before: string, next: string): boolean {
  const [a, b] = [before, next].map((name) => /^(.*?)(\d+)$/.exec(name));
  if (a?.[1] === undefined || b?.[1] === undefined || a[2] === undefined || b[2] === undefined) return false;
  const isPadded = a[2].startsWith("0") || b[2].startsWith("0");
  return a[1] === b[1] && Number(b[2]) === Number(a[2]) + 1 && (!isPadded || a[2].length === b[2].length);
}

function typeText({ name, column, type }: NamedFeature): string {
  if (name === column) return type;
  const option = `column: ${JSON.stringify(column)}`;
  return type.endsWith(")") ? `${type.slice(0, -1)}, ${option})` : `${type}(${option})`;
}

function labelsBlock(labels: readonly NamedLabel[], questions: readonly LabelGuess[], names: Names): string {
  return [
    "labels {",
    ...labels.map((label) => `  ${labelText(label, labels)}`),
    ...questions.map((question) => {
      const named = { ...question, name: names.forColumn(question.column, "label") };
      return `  // A label as well, or the feature that it is above? ${labelText(named, labels)}`;
    }),
    "}",
  ].join("\n");
}

function labelText({ name, column, test, within }: NamedLabel, labels: readonly NamedLabel[]): string {
  const outer = within === undefined ? "" : ` within ${labels.find((each) => each.column === within)?.name ?? within}`;
  if (test === undefined && name === column) return `${name}: event${outer}`;
  return `${name}: event${outer} = ${columnText(column)}${` ${test ?? "== 1"}`}`;
}

function network(labels: readonly NamedLabel[], own: Names, hasGroup: boolean): string {
  const input = own.fresh("x");
  const lines = [`input ${input} = features`, ""];
  const [pool, towers] = [
    labels.length > 1 ? own.fresh("pool") : undefined,
    labels.map(({ name }) => own.fresh(`t_${name}`)),
  ];
  if (pool !== undefined) {
    lines.push(`experts ${pool}[4] = mlp(${input}, [64])`);
    labels.forEach(({ name }, i) => {
      const gate = own.fresh(`for_${name}`);
      lines.push(`gate ${gate} = softmax(${input}) over ${pool}`, `tower ${towers[i] ?? ""} = mlp(${gate}, [32])`);
    });
  } else lines.push(`tower ${towers[0] ?? ""} = mlp(${input}, [64, 32])`);
  lines.push("");
  const heads = labels.map(({ name, within, column }, i) => {
    const outer = labels.find((each) => each.column === within);
    const head = own.fresh(outer === undefined ? `p_${name}` : `p_${name}_after_${outer.name}`);
    const event = outer === undefined ? name : `${name} | ${outer.name}`;
    lines.push(`task ${head}: P(${event}) = sigmoid(logit(${towers[i] ?? ""}))`);
    return { head, column, outer: outer?.column };
  });
  const served = heads.map(({ head, outer }, i) => {
    const first = heads.find((each) => each.column === outer);
    if (first === undefined) return head;
    const chain = own.fresh(`p_${labels[i]?.name ?? ""}`);
    lines.push(`chain ${chain} = ${first.head} * ${head}`);
    return chain;
  });
  const metrics = hasGroup ? "[auc, gauc, logloss]" : "[auc, logloss]";
  lines.push(
    "",
    "loss {",
    ...served.map((head) => `  ${head}: bce`),
    "}",
    "",
    "metrics {",
    ...served.map((head) => `  ${head}: ${metrics}`),
    "}",
    "",
    ...ranking(served, own),
  );
  return lines.join("\n");
}

function ranking(served: readonly string[], own: Names): readonly string[] {
  const [score, page] = [own.fresh("score"), own.fresh("page")];
  if (served.length === 1) return [`fusion ${score} = ${served[0] ?? ""}`, `rank ${page} = top 20 by ${score}`, ""];
  const weights = served.map((head) => own.fresh(`w_${head.replace(/^p_/, "")}`));
  return [
    "params {",
    ...weights.map((weight) => `  ${weight}: 1 in [0, 10]`),
    "}",
    "",
    `fusion ${score} = ${served.map((head, i) => `${weights[i] ?? ""} * ${head}`).join(" + ")}`,
    `rank ${page} = top 20 by ${score}`,
    "",
  ];
}

function trainBlock(rows: number): string {
  const batch = rows <= 10_000 ? 128 : rows <= 100_000 ? 512 : 2048;
  return [
    "train {",
    "  optimizer: adam(lr: 1e-3)",
    `  batch: ${batch}`,
    `  epochs: ${rows <= 10_000 ? 5 : 3}`,
    "}",
  ].join("\n");
}
