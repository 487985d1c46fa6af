import { createEvaluator, readInputs, type Frame, type InputRow } from "../formulas/index.js";
import type { FormulaExpression, MissingPolicy, ServingInput, ServingModel } from "../model/index.js";
import { noneShown, type KeyValue, type ShownItems } from "../ranking/index.js";
import { refuse, type Refusal } from "./refusal.js";
import { seesList } from "./formula-inputs.js";
import { keyValues } from "./key-values.js";

/** An item that a page before showed: its values as a candidate provides them, its id in `id`; or only the id. */
export type ShownItem = InputRow | string | number | bigint;

/** What a request says of the pages before. */
export interface EarlierPages {
  /** Which page is asked for, from 1; absent: the one after what `shown`, or else `tail`, holds. */
  readonly page?: number;
  /** The end of the page before, in its order. */
  readonly tail?: readonly InputRow[];
  /** All that the pages before showed, in its order; its end is the tail where there is none. */
  readonly shown?: readonly ShownItem[];
}

/** The pages before, read. */
export interface ReadPages {
  /** Places on them. */
  readonly offset: number;
  /** Ids of the items that they showed. */
  readonly ids: ReadonlySet<string>;
  readonly tail: ShownItems;
  readonly shown: ShownItems;
}

/** Of a request that says nothing of pages. */
export const firstPage: ReadPages = { offset: 0, ids: new Set(), tail: noneShown, shown: noneShown };

/**
 * Reads what a request says of the pages before. Their items need no value: what is missing stays missing, and a number
 * counts wherever it lies. A value of another type refuses the request, as a candidate's does.
 */
export function readPages(
  serving: ServingModel,
  { page, tail, shown }: EarlierPages,
  request: { readonly values?: InputRow; readonly now: number; readonly params?: ReadonlyMap<string, number> },
  context: {
    readonly length: number;
    readonly isRead: (input: ServingInput) => boolean;
    readonly formulas: readonly FormulaExpression[];
  },
): ReadPages | Refusal {
  if (page !== undefined && !(Number.isSafeInteger(page) && page >= 1))
    return refuse("page", "outside", "a whole number of at least 1");
  const all = (shown ?? tail ?? []).map(rowOf);
  const end = (tail ?? shown ?? []).map(rowOf);
  if (all.length === 0 && end.length === 0 && (page ?? 1) === 1) return firstPage;
  const lenient: ServingModel = { ...serving, inputs: serving.inputs.map(withoutPolicies) };
  const read = (rows: readonly InputRow[], what: string): ShownItems | Refusal => {
    const { values, ...rest } = request;
    const result = readInputs(
      lenient,
      { ...rest, candidates: rows, ...(values === undefined ? {} : { request: values }) },
      context.isRead,
    );
    if (result.kind === "frame") return itemsOf(result.frame, serving, context.formulas);
    const { index, ...refusal } = result;
    return index === undefined ? refusal : { ...refusal, id: `item ${index + 1} of ${what}` };
  };
  const readTail = read(end, tail === undefined ? "shown" : "tail");
  if ("kind" in readTail) return readTail;
  const readShown = shown === undefined || tail === undefined ? readTail : read(all, "shown");
  if ("kind" in readShown) return readShown;
  return {
    offset: page === undefined ? all.length : (page - 1) * context.length,
    ids: new Set([...all, ...end].flatMap(idOf)),
    tail: readTail,
    shown: readShown,
  };
}

/** The request without the candidates that a page before showed. */
export function withoutShown<
  R extends {
    readonly ids: readonly string[];
    readonly candidates: readonly InputRow[];
    readonly columns?: ReadonlyMap<string, ArrayLike<unknown>>;
    readonly sources?: readonly (readonly string[])[];
  },
>(request: R, shown: ReadonlySet<string>): R {
  const { ids, candidates, columns, sources } = request;
  const rows = [...ids.keys()].filter((row) => !shown.has(ids[row] as string));
  const rest = <T>(items: ArrayLike<T>): readonly T[] => rows.map((row) => items[row] as T);
  return {
    ...request,
    ids: rest(ids),
    candidates: rest(candidates),
    ...(columns === undefined ? {} : { columns: new Map([...columns].map(([name, column]) => [name, rest(column)])) }),
    ...(sources === undefined ? {} : { sources: rest(sources) }),
  };
}

const rowOf = (item: ShownItem): InputRow => (typeof item === "object" ? item : { id: item });

function idOf(row: InputRow): readonly string[] {
  const id = Object.hasOwn(row, "id") ? row["id"] : undefined;
  return typeof id === "string" || typeof id === "number" || typeof id === "bigint" ? [String(id)] : [];
}

/** The input of a candidate, for an item that is only looked back on. */
function withoutPolicies({ range: _range, ...input }: ServingInput): ServingInput {
  if (input.origin === "request") return { ...input, ...(_range === undefined ? {} : { range: _range }) };
  const missing: MissingPolicy = input.missing.kind === "default" ? input.missing : { kind: "keep" };
  return { ...input, missing };
}

/** The nearest first, as rules look back. */
function itemsOf(frame: Frame, serving: ServingModel, formulas: readonly FormulaExpression[]): ShownItems {
  const evaluator = createEvaluator(frame);
  const types = new Map(serving.inputs.map(({ name, type }) => [name, type]));
  return {
    count: frame.count,
    values: (name) =>
      keyValues(frame, name, types.get(name) === "bool")
        .map((value): readonly KeyValue[] => (value === undefined ? [] : typeof value === "object" ? value : [value]))
        .toReversed(),
    // Functions of the list are of this page's candidates: of an item of another page they are unknown.
    condition: (formula) => {
      const condition = formulas[formula] as FormulaExpression;
      if (seesList(serving, condition)) return new Float64Array(frame.count).fill(Number.NaN);
      return evaluator.numbers(condition).toReversed();
    },
  };
}
