import { plural } from "../../../compiler/text/index.js";
import type { OpTime, PartTime, StepTimes } from "../../../runtime/step-times/index.js";
import type { View } from "../../command.js";
import { count, table } from "../../views/text.js";

/** The times of a step, and the file with the trace. */
export interface ProfileResult extends StepTimes {
  readonly trace: string;
}

/** Lines of a table that people see; what takes less is one line. */
const shown = { parts: 20, ops: 12 } as const;

export const profileView: View<ProfileResult> = {
  document: "train-profile",
  human: (result) =>
    [
      `a step of ${rowsText(result)} takes ${ms(result.step)} ms, ${ms(result.traced)} ms while ${plural(result.steps, "step")} were traced (${result.engine})\n\n`,
      table([["declaration", "ms", "share", "forward", "gradient", "update"], ...partRows(result)]),
      "\n",
      table([["op", "ms", "share", "a step"], ...opRows(result)]),
      `\nwrote ${result.trace}: open it in chrome://tracing or https://ui.perfetto.dev\n`,
    ].join(""),
  json: (result) => result,
};

function rowsText({ batch, batches }: StepTimes): string {
  return batches === 1 ? `${count(batch)} rows` : `${count(batches)} batches of ${count(batch)} rows`;
}

function partRows(result: StepTimes): readonly (readonly string[])[] {
  const phases = ["forward", "gradient", "update"] as const;
  const row = (name: string, parts: readonly PartTime[]): readonly string[] => [
    ...timed(name, sumOf(parts, "total"), result),
    ...phases.map((phase) => sumOf(parts, phase)).map((time) => (time === 0 ? "" : ms(time))),
  ];
  const rest = result.parts.slice(shown.parts);
  return [
    ...result.parts.slice(0, shown.parts).map((part) => row(partName(part), [part])),
    ...(rest.length === 0 ? [] : [row(plural(rest.length, "other"), rest)]),
    timed("between ops", result.between, result),
    timed("reading and encoding rows", result.feeding, result),
  ];
}

function timed(name: string, milliseconds: number, { traced }: StepTimes): readonly string[] {
  return [name, ms(milliseconds), `${((100 * milliseconds) / traced).toFixed(1)} %`];
}

function sumOf<K extends string>(rows: readonly Readonly<Record<K, number>>[], of: K): number {
  return rows.reduce((total, row) => total + row[of], 0);
}

function partName({ kind, name }: PartTime): string {
  return kind === "step" ? "the step as a whole" : `${kind} ${name}`.trimEnd();
}

function opRows(result: StepTimes): readonly (readonly string[])[] {
  const row = (name: string, ops: readonly OpTime[]): readonly string[] => [
    ...timed(name, sumOf(ops, "total"), result),
    `${count(sumOf(ops, "count"))} ×`,
  ];
  const rest = result.ops.slice(shown.ops);
  return [
    ...result.ops.slice(0, shown.ops).map((op) => row(op.op, [op])),
    ...(rest.length === 0 ? [] : [row(plural(rest.length, "other"), rest)]),
  ];
}

/** Three significant digits, not more than three behind the point. */
function ms(milliseconds: number): string {
  return milliseconds >= 100
    ? count(milliseconds)
    : milliseconds.toFixed(milliseconds >= 10 ? 1 : milliseconds >= 1 ? 2 : 3);
}
