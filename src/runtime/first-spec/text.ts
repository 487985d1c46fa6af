/** A first spec as text: what was guessed of a file, with a network, a formula and a ranking to start from. Pure. */
import { groupDigits, isName, quote, writeColumn } from "../../compiler/text/index.js";
import type { Guess, LabelGuess } from "./guess.js";
import { featureLines, nameFeatures, type NamedFeature, widthsOf } from "./feature-lines.js";
import { createNames, type Names } from "./names.js";

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

/** The whole spec, not yet laid out. */
export function firstSpec(guess: Guess, facts: FileFacts): string {
  const [own, labelNames] = [createNames(), createNames()];
  const labels = guess.labels.map((label): NamedLabel => ({
    ...label,
    name: labelNames.forColumn(label.column, "label"),
  }));
  const features = nameFeatures(guess.features, own);
  return [
    `/// A first model of ${facts.shown}, guessed from its ${groupDigits(facts.rows)} rows: read it, and change what is not so.`,
    `model ${facts.model}`,
    "",
    dataBlock(guess, facts),
    "",
    ...defaultsBlock(features),
    featuresBlock(features, guess),
    "",
    labelsBlock(labels, guess.questions, labelNames),
    "",
    network(labels, own, inputText(features), guess.group !== undefined),
    trainBlock(facts.rows),
    "",
  ].join("\n");
}

function dataBlock({ group, groupIsRequest, nulls }: Guess, { path, format, groups }: FileFacts): string {
  const options = nulls.length === 0 ? "" : `nulls: [${nulls.map((text) => quote(text)).join(", ")}]`;
  const reading = withOptions(format, options, path);
  // Rows of one request stay together, where there are enough requests for both sides.
  const by = group !== undefined && groupIsRequest && groups >= 50 ? `by: hash(${writeColumn(group)}), ` : "";
  return [
    "data {",
    ...(reading === undefined ? [] : [`  format: ${reading}`]),
    `  train: ${quote(path)}`,
    `  split: split(${by}0.8, rest: test)`,
    ...(group === undefined ? [] : [`  group: ${writeColumn(group)}`]),
    "}",
  ].join("\n");
}

function withOptions(format: string | undefined, options: string, path: string): string | undefined {
  if (options === "") return format;
  const base = format ?? (/\.tsv|\.tab/.test(path) ? "tsv" : /\.jsonl|\.ndjson/.test(path) ? "jsonl" : "csv");
  return base.endsWith(")") ? `${base.slice(0, -1)}, ${options})` : `${base}(${options})`;
}

function defaultsBlock(features: readonly NamedFeature[]): readonly string[] {
  const widths = [...widthsOf(features)];
  if (widths.length === 0) return [];
  return ["defaults {", ...widths.map(([kind, embed]) => `  ${kind}: { embed: ${embed} }`), "}", ""];
}

function featuresBlock(features: readonly NamedFeature[], { left }: Guess): string {
  return ["features {", ...featureLines(features).map((line) => `  ${line}`), ...leftLines(left), "}"].join("\n");
}

/** Comments on columns that are no features; those of one value together, where there are several. */
function leftLines(left: Guess["left"]): readonly string[] {
  const constant = left.filter(({ why }) => why.startsWith("always "));
  const isShort = constant.length < 3;
  const named = (column: string): string => (isName(column) ? column : quote(column));
  return [
    ...left
      .filter((each) => isShort || !constant.includes(each))
      .map(({ column, why }) => `  // ${writeColumn(column)} is left out: ${why}`),
    ...(isShort ? [] : ["  // left out, since each has one value only:"]),
    ...(isShort ? [] : filled(constant.map(({ column }) => named(column))).map((line) => `  //   ${line}`)),
  ];
}

/** Words with commas between them in lines of at most 90 characters. */
function filled(words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 88) lines[lines.length - 1] = `${last}, ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** `features`; sequences are attended for what they are histories of. */
function inputText(features: readonly NamedFeature[]): string {
  const sequences = features.filter(({ kind }) => kind === "sequence");
  if (sequences.length === 0) return "features";
  const target = (column: string | undefined): string => features.find((each) => each.column === column)?.key ?? "";
  const attended = sequences.map((each) => `attend(${target(each.target)}, over: ${each.key})`);
  return `[features but [${sequences.map(({ key }) => key).join(", ")}], ${attended.join(", ")}]`;
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
  return `${name}: event${outer} = ${writeColumn(column)}${` ${test ?? "== 1"}`}`;
}

function network(labels: readonly NamedLabel[], own: Names, inputs: string, hasGroup: boolean): string {
  const input = own.fresh("x");
  const lines = [`input ${input} = ${inputs}`, ""];
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
  const metrics = hasGroup ? "[auc, gauc, ndcg(at: 10), logloss]" : "[auc, logloss]";
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
