import { groupDigits } from "../text/index.js";
import type { Change, ModelDiff, SubjectDiff } from "./diff-models.js";
import { type ChangeClass, changeClasses, classMeanings } from "./policy.js";
import type { TensorPlan } from "./warm-start.js";

/** How words are painted on a terminal; the default paints nothing. */
export interface DiffStyle {
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const plain: DiffStyle = {
  added: (text) => text,
  removed: (text) => text,
  strong: (text) => text,
  faint: (text) => text,
};

/** More lines than this of tensors are for a machine. */
const tensorLimit = 20;

/** The column where classes are. */
const classColumn = 72;

/** A diff for people; made only from the diff, as JSON has it. */
export function renderDiffText(diff: ModelDiff, style: DiffStyle = plain): string {
  if (diff.class === "none") return ["no change: both are the same model\n", ...idsLines(diff)].join("");
  return [
    `${diffTitle(diff)}\n`,
    ...diff.sections.map(
      ({ section, subjects }) =>
        `${style.strong(section)}\n${subjects.map((subject) => subjectText(subject, style)).join("")}`,
    ),
    tensorText(diff, style),
    idsLines(diff).join(""),
    costText(diff),
    legendText(diff, style),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** `ids of user_id: 12 new, 3 gone, 981 as they were`. */
export function idsLines({ ids = [] }: ModelDiff): readonly string[] {
  return ids.map(({ feature, kept, added, removed, sameIds }) => {
    const parts = [
      ...(added > 0 ? [`${added} new`] : []),
      ...(removed > 0 ? [`${removed} gone`] : []),
      `${kept} ${sameIds ? "as they were" : "with other numbers"}`,
    ];
    return `ids of ${feature}: ${parts.join(", ")}\n`;
  });
}

/** `census_mmoe`, or `a → b`. */
export function diffTitle({ before, after }: ModelDiff): string {
  const names = before.model === after.model ? after.model : `${before.model} → ${after.model}`;
  return `model ${names}`;
}

const signs: Readonly<Record<SubjectDiff["state"], string>> = { added: "+", removed: "-", changed: "~" };

function subjectText(subject: SubjectDiff, style: DiffStyle): string {
  const { state, kind, name, changes } = subject;
  const paint = state === "added" ? style.added : state === "removed" ? style.removed : style.strong;
  const head = `  ${signs[state]} ${subjectTitle(kind, name)}`;
  const lines = [
    `${paint(head)}${" ".repeat(Math.max(2, classColumn - head.length))}${style.faint(subject.class)}`,
    ...(subject.text === undefined ? [] : [`      ${subject.text}`]),
    ...changes.filter(isShown).flatMap((change) => changeLines(change).map((line) => `      ${line}`)),
    ...meaningLines(subject).map((line) => style.faint(`      ${line}`)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** `experts pool`; a block's entry is called only by its key. */
export function subjectTitle(kind: string, name: string): string {
  const isEntry = ["data", "train", "metrics", "model"].includes(kind);
  return isEntry ? name : `${kind} ${name}`;
}

/** A bare consequence has nothing of before and after to show. */
export function isShown({ before, after }: Change): boolean {
  return before !== undefined || after !== undefined;
}

/** One line, or two below each other where that is easier to compare. */
function changeLines(change: Change): readonly string[] {
  const { facet, before, after, items } = change;
  const text = changeText(change);
  if (items !== undefined || before === undefined || after === undefined || text.length <= longestLine) return [text];
  return [`${facet}:`, `- ${before}`, `+ ${after}`];
}

const longestLine = 90;

/** What a change comes to, when its own line does not say it. */
export function meaningLines({ kind, state, text, meaning, formerly, class: reach }: SubjectDiff): readonly string[] {
  if (state === "changed") return meaning;
  if (formerly === undefined) return [];
  if (kind === "rule" && /^(cap|pace) /.test(text ?? ""))
    return [`\`${formerly}\` by another name; exposures are counted by names, and its counters start again`];
  const loss =
    reach === "checkpoint" || reach === "serving" ? "; what is learned goes by names and is reinitialized" : "";
  return [`\`${formerly}\` by another name${loss}`];
}

/** `embed: 16 → 32`, `reads: + education`. */
export function changeText({ facet, before, after, items }: Change): string {
  if (items !== undefined) {
    const came = [...items.removed.map((item) => `- ${item}`), ...items.added.map((item) => `+ ${item}`)];
    const moved = came.length === 0 ? "the same in another order" : "the others in another order";
    return `${facet}: ${[...came, ...(items.moved ? [moved] : [])].join(", ")}`;
  }
  if (before === undefined) return `${facet}: + ${after ?? ""}`;
  if (after === undefined) return `${facet}: - ${before}`;
  return `${facet}: ${before} → ${after}`;
}

/** `41 of 46 tensors warm-start`, those by rows among them. */
export function tensorSummary({ warmStart }: ModelDiff): string {
  const { tensors } = warmStart;
  const fresh = tensors.filter(({ kind }) => kind === "initialized").length;
  const byRow = tensors.filter(({ kind }) => kind === "rows").length;
  const carried = tensors.length - fresh;
  if (tensors.length === 0) return "there are no tensors";
  const byColumn = tensors.filter(({ kind }) => kind === "columns").length;
  const parts = [...(byRow === 0 ? [] : [`${byRow} row by row`]), ...(byColumn === 0 ? [] : [`${byColumn} by input`])];
  const rows = parts.length === 0 ? "" : byColumn === 0 ? `, ${byRow} of them row by row` : `, ${parts.join(", ")}`;
  if (fresh === 0) return `all ${tensors.length} tensors warm-start${rows}`;
  if (carried === 0) return `none of the ${tensors.length} tensors warm-starts`;
  return `${fresh} of ${tensors.length} tensors are reinitialized; the other ${carried} warm-start${rows}`;
}

function tensorText(diff: ModelDiff, style: DiffStyle): string {
  const { tensors, dropped } = diff.warmStart;
  if (tensors.length + dropped.length === 0) return "";
  const fresh = tensors.filter((tensor) => tensor.kind === "initialized");
  const width = Math.max(0, ...fresh.map(({ name }) => name.length));
  const lines = fresh.slice(0, tensorLimit).map((tensor) => `  ${tensor.name.padEnd(width)}  ${freshText(tensor)}\n`);
  const more = fresh.length > tensorLimit ? `  … and ${fresh.length - tensorLimit} more\n` : "";
  const names = new Set(tensors.map(({ name }) => name));
  const gone = dropped.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  const goneText =
    gone.length === 0
      ? ""
      : `  gone: ${gone.slice(0, tensorLimit).join(", ")}${gone.length > tensorLimit ? `, and ${gone.length - tensorLimit} more` : ""}\n`;
  return `${style.strong("checkpoint")}\n  ${tensorSummary(diff)}\n${lines.join("")}${more}${goneText}`;
}

/** Why a tensor is reinitialized. */
export function freshText({ reason, before, shape }: Extract<TensorPlan, { kind: "initialized" }>): string {
  const now = `[${shape.join(", ")}]`;
  switch (reason) {
    case "new":
      return `${now}, new`;
    case "shape":
      return `[${(before ?? []).join(", ")}] → ${now}`;
    case "ids":
      return `${now}, its rows stand for other values`;
    case "columns":
      return `${now}, all of its columns belong to other inputs`;
  }
}

function costText(diff: ModelDiff): string {
  const { uncounted } = diff;
  const rows = costRows(diff);
  const width = Math.max(...rows.map(([name]) => name.length));
  const note =
    uncounted.length === 0
      ? ""
      : `  without the tables of ${uncounted.length} features whose number of ids the data decides (\`--ids\` tells it)\n`;
  return `cost\n${rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}\n`).join("")}${note}`;
}

/** Parameters and operations of both sides, and by how much they differ. */
export function costRows({ before, after }: ModelDiff): readonly (readonly [string, string])[] {
  return [
    ["parameters", deltaText(before.parameters, after.parameters)],
    ["FLOPs a row", deltaText(before.flops, after.flops)],
  ];
}

function deltaText(before: number, after: number): string {
  if (before === after) return `${groupDigits(after)}, as before`;
  const delta = after - before;
  const share = before === 0 ? "" : `, ${delta > 0 ? "+" : "−"}${percent(Math.abs(delta) / before)}`;
  return `${groupDigits(before)} → ${groupDigits(after)} (${delta > 0 ? "+" : "−"}${groupDigits(Math.abs(delta))}${share})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;
}

/** The classes of a diff's changes, the farthest first. */
export function usedClasses({ sections }: ModelDiff): readonly ChangeClass[] {
  const used = new Set(
    sections.flatMap(({ subjects }) =>
      subjects.flatMap((subject) => [subject.class, ...subject.changes.map((change) => change.class)]),
    ),
  );
  return changeClasses.filter((each) => used.has(each));
}

function legendText(diff: ModelDiff, style: DiffStyle): string {
  const used = usedClasses(diff);
  const width = Math.max(...used.map((each) => each.length));
  return used.map((each) => style.faint(`${each.padEnd(width)}  ${classMeanings[each]}`) + "\n").join("");
}
