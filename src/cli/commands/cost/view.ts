import { plural } from "../../../compiler/text/index.js";
import type { Amount, Cost, PartCost } from "../../../compiler/cost/index.js";
import type { View } from "../../command.js";
import { bytes, count, table } from "../../views/text.js";

export const costView: View<Cost> = {
  document: "cost",
  human: (cost, { outStyle }) => {
    if (cost.total.parameters === 0 && cost.total.flops === 0)
      return cost.tasks.length === 0
        ? `${cost.model} has no network: nothing is trained\n`
        : `${cost.model} is trees: it has no tensors, and the data decides how large the trees are\n`;
    return [
      `${outStyle.bold(cost.model)}\n`,
      partsTable(cost.parts, cost.tasks.length),
      sharingTable(cost),
      singleTable(cost),
      `training holds ${bytes(cost.optimizerBytes)} more for the optimizer\n`,
      ...notes(cost).map(outStyle.dim),
    ]
      .filter((part) => part !== "")
      .join("\n");
  },
  json: (cost) => cost,
};

/** Feature tables of one reader list are many and alike: they go on one line when there are more than this. */
const featureLimit = 12;

function partsTable(parts: readonly PartCost[], tasks: number): string {
  const features = parts.filter(({ kind }) => kind === "feature");
  const isLong = features.length > featureLimit;
  const shown = isLong ? parts.filter(({ kind }) => kind !== "feature") : parts;
  const readers = ({ tasks: read }: Pick<PartCost, "tasks">): string =>
    read.length === 0 ? "none" : tasks > 1 && read.length === tasks ? "all tasks" : read.join(", ");
  const row = (name: string, amount: Amount, read: string): readonly string[] => [name, ...cells(amount), read];
  return leftLast([
    ["part", "parameters", "bytes", "FLOPs a row", "read by"],
    ...(isLong ? [row(`${features.length} features`, sum(features), commonReaders(features, readers))] : []),
    ...shown.map((part) => row(`${part.kind} ${part.name}`, part, readers(part))),
  ]);
}

function commonReaders(parts: readonly PartCost[], readers: (part: PartCost) => string): string {
  const all = new Set(parts.map(readers));
  return all.size === 1 ? [...all].join() : "some tasks";
}

function sharingTable({ total, shared, private: own }: Cost): string {
  return table([
    ["", "parameters", "bytes", "FLOPs a row"],
    ["shared by tasks", ...cells(shared)],
    ["private to one", ...cells(own)],
    ["total", ...cells(total)],
  ]);
}

/** Nothing for one task: it is a single model already. */
function singleTable({ tasks, separate, total }: Cost): string {
  if (tasks.length < 2) return "";
  const share =
    separate.parameters === 0
      ? ""
      : ` (this model: ${percent(total.parameters / separate.parameters)} of the parameters)`;
  return `as ${tasks.length} single models${share}\n${table([
    ["", "parameters", "bytes", "FLOPs a row"],
    ...tasks.map((task) => [task.name, ...cells(task)]),
    ["sum", ...cells(separate)],
  ])}`;
}

function notes({ ids, tables }: Cost): readonly string[] {
  const unknown = ids.filter(({ source }) => source === "data").map(({ feature }) => feature);
  const bounded = ids.filter(({ source }) => source === "limit").length;
  return [
    ...(unknown.length === 0
      ? []
      : [
          `the data decides the number of ids of ${listed(unknown)}: each counts as one row; give an artifact, or \`--ids ${unknown[0] ?? ""}=N\`\n`,
        ]),
    ...(bounded === 0
      ? []
      : [`${plural(bounded, "feature")} counted by the limit that the spec sets; the data may have fewer ids\n`]),
    ...tables
      .filter(({ update }) => update === "sparse")
      .map(({ name, reason }) => `a training step updates only the touched rows of \`${name}\`: ${reason}\n`),
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  return rest === 0 ? shown.join(", ") : `${shown.join(", ")} and ${rest} more`;
}

function cells({ parameters, bytes: size, flops }: Amount): readonly string[] {
  return [count(parameters), bytes(size), count(flops)];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function sum(amounts: readonly Amount[]): Amount {
  const of = (key: keyof Amount): number => amounts.reduce((total, each) => total + each[key], 0);
  return { parameters: of("parameters"), bytes: of("bytes"), flops: of("flops") };
}

/** A table whose last column is text. */
function leftLast(rows: readonly (readonly string[])[]): string {
  const head = table(rows.map((row) => row.slice(0, -1))).split("\n");
  const width = Math.max(...head.map((line) => line.length));
  return rows.map((row, place) => `${(head[place] ?? "").padEnd(width)}  ${row.at(-1) ?? ""}\n`).join("");
}
