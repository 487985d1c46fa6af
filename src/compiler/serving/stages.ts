/** The candidates of a request from one stage of its ranking to the next. */
import type { Frame } from "../formulas/index.js";
import type { ServingInput } from "../model/index.js";
import { createKeyTable, type KeyTable, type PermitSnapshot, type RankInput } from "../ranking/index.js";
import { keyValues } from "./key-values.js";
import type { FrameRequest } from "./rank-request.js";
import { selectRows } from "./select-rows.js";
import type { ReadPages } from "./shown-items.js";

/** What the stages of one request share. */
export interface StageContext {
  readonly request: FrameRequest;
  readonly pages: ReadPages;
  /** The inputs of the spec by name. */
  readonly inputs: ReadonlyMap<string, ServingInput>;
  /** Indices of the validated candidates in the request. */
  readonly kept: Int32Array;
  /** A formula over all validated candidates, whichever stage asks: functions of the list see the same list in each. */
  readonly column: (formula: number) => Float64Array;
}

/** The candidates of one stage. */
export interface Stage {
  /** Their values. */
  readonly frame: Frame;
  /** Their indices among the validated candidates. */
  readonly at: Int32Array;
}

/** Caps that hold all that is asked for. */
export const boundless: PermitSnapshot = { held: () => Infinity, pace: () => 1 };

/** The stage after one of which only the rows go on, in the order given. */
export function keepRows({ frame, at }: Stage, rows: Int32Array): Stage {
  return { frame: selectRows(frame, rows), at: rows.map((row) => at[row]!) };
}

/** A stage as what ranks it reads it; columns, keys and vectors are gathered when they are asked for. */
export function stageInput({ request, pages, inputs, kept, column }: StageContext, { frame, at }: Stage): RankInput {
  return {
    request: request.request,
    now: request.now,
    seed: request.seed,
    ids: Array.from(at, (row) => request.ids[kept[row]!] as string),
    number: gatherNumbers(column, at),
    key: gatherKeys(frame, inputs),
    vectors: (name) => gatherVectors(frame, name, inputs.get(name)?.width ?? 0),
    offset: pages.offset,
    tail: pages.tail,
    shown: pages.shown,
    permits: request.permits ?? boundless,
  };
}

function gatherNumbers(column: StageContext["column"], at: Int32Array): RankInput["number"] {
  const gathered = new Map<number, Float64Array>();
  return (formula) => {
    const known = gathered.get(formula);
    if (known !== undefined) return known;
    const whole = column(formula);
    const own = Float64Array.from(at, (row) => whole[row]!);
    gathered.set(formula, own);
    return own;
  };
}

function gatherKeys(frame: Frame, inputs: StageContext["inputs"]): RankInput["key"] {
  const tables = new Map<string, KeyTable>();
  return (name) => {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const table = createKeyTable(keyValues(frame, name, inputs.get(name)?.type === "bool"));
    tables.set(name, table);
    return table;
  };
}

function gatherVectors(frame: Frame, name: string, dimension: number): ReturnType<RankInput["vectors"]> {
  const rows = new Float64Array(frame.count * dimension).fill(Number.NaN);
  frame.vectors.get(name)?.forEach((vector, i) => vector !== undefined && rows.set(vector, i * dimension));
  return { rows, dimension };
}
