/** The candidates of a request from one stage of its ranking to the next. */
import type { Frame } from "../formulas/index.js";
import type { ServingInput } from "../model/index.js";
import { boundless, createKeyTable, type KeyTable, type RankInput } from "../ranking/index.js";
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
  /** Indices of the validated candidates in the request; undefined: all of them. */
  readonly kept: Int32Array | undefined;
  /** A formula over all validated candidates, whichever stage asks: functions of the list see the same list in each. */
  readonly column: (formula: number) => Float64Array;
  /** The same, valid only until a formula is asked for again; may be longer. */
  readonly passing: (formula: number) => Float64Array;
}

/** The candidates of one stage. */
export interface Stage {
  /** Their values. */
  readonly frame: Frame;
  /** Their indices among the validated candidates; undefined: all of them. */
  readonly at: Int32Array | undefined;
}

/** The stage after one of which only the rows go on, in the order given. */
export function keepRows({ frame, at }: Stage, rows: Int32Array): Stage {
  return { frame: selectRows(frame, rows), at: at === undefined ? rows : rows.map((row) => at[row]!) };
}

/** A stage as what ranks it reads it; columns, keys and vectors are gathered when they are asked for. */
export function stageInput({ request, pages, inputs, kept, ...columns }: StageContext, stage: Stage): RankInput {
  const { frame, at } = stage;
  const keptIds = kept === undefined ? request.ids : Array.from(kept, (row) => request.ids[row] as string);
  return {
    request: request.request,
    now: request.now,
    seed: request.seed,
    ids: at === undefined ? keptIds : Array.from(at, (row) => keptIds[row] as string),
    number: at === undefined ? columns.column : gatherNumbers(columns.column, at),
    passing: at === undefined ? columns.passing : gatherPassing(columns.passing, at),
    key: createKeyReader(frame, inputs),
    tuples: new Map(),
    vectors: (name) => ({ rows: frame.vectors.get(name) ?? [], dimension: inputs.get(name)?.width ?? 0 }),
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
    const own = gather(column(formula), at, new Float64Array(at.length));
    gathered.set(formula, own);
    return own;
  };
}

function gatherPassing(passing: StageContext["passing"], at: Int32Array): RankInput["passing"] {
  const space = new Float64Array(at.length);
  return (formula) => gather(passing(formula), at, space);
}

function gather(whole: Float64Array, at: Int32Array, into: Float64Array): Float64Array {
  for (let i = 0; i < into.length; i++) into[i] = whole[at[i]!]!;
  return into;
}

function createKeyReader(frame: Frame, inputs: StageContext["inputs"]): RankInput["key"] {
  const tables = new Map<string, KeyTable>();
  return (name) => {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const table = createKeyTable(keyValues(frame, name, inputs.get(name)?.type === "bool"));
    tables.set(name, table);
    return table;
  };
}
