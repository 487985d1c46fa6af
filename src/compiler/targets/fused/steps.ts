/** What becomes of a program before its functions are planned: the engine opens it so, and `mtlc compile --stats` counts it so. */
import {
  alignColumns,
  bindDims,
  type GraphFunction,
  type JoinedTable,
  type Program,
  repeatedStep,
  rowsOf,
  type StackedProgram,
  stackTraining,
  type WatchPass,
} from "../../graph/index.js";
import { withoutPadding } from "./absent.js";
import type { Columns, Layout } from "./placed.js";

/**
 * What the functions that take steps of a training with a known batch compute in one way for many parts is computed at once. `watch` is told what becomes of
 * `train`.
 */
export function stackedSteps(program: Program, batch: number, watch?: WatchPass): StackedProgram {
  const bound = program.functions.map((fn) => (isStep(fn) ? bindDims(fn, { B: batch }) : fn));
  const { program: made, stacked } = stackTraining({ ...program, functions: bound });
  const functions = made.functions.map((fn) => (isStep(fn) ? alignColumns(fn) : fn));
  const [written, whole, train] = [bound, made.functions, functions].map((all) =>
    all.find(({ name }) => name === "train"),
  );
  if (written !== undefined && whole !== undefined && train !== undefined) {
    watch?.("stacked", written, whole);
    watch?.("aligned", whole, train);
  }
  return { program: { ...made, functions }, stacked };
}

function isStep({ updates }: GraphFunction): boolean {
  return updates.length > 0;
}

/** A step that the engine repeats; undefined where it can not. */
export function plannedStep(fn: GraphFunction, watch?: WatchPass): GraphFunction | undefined {
  const step = repeatedStep(fn, watch, { readsAgain: false, mostIds: Infinity });
  return step === undefined ? undefined : withoutPadding(step.fn);
}

/** Tables that are read by the same ids lie beside each other, row by row. */
export function layoutOf(tables: readonly JoinedTable[]): Layout {
  return new Map(
    tables.flatMap(({ table, parts }) =>
      parts.map(({ variable, begin }): readonly [string, Columns] => [
        variable.name,
        { array: table.name, begin, stride: rowsOf(table).width },
      ]),
    ),
  );
}
