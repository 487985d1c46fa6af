/** Heads of a network for the candidates of a request: given by the candidates, or predicted from their features. */
import { joinRecords, own } from "../../compiler/text/index.js";
import type { InputRow } from "../../compiler/formulas/index.js";
import type { ServingInput } from "../../compiler/model/index.js";
import { RowFailure } from "../data/encode/row-failure.js";
import type { RawRow } from "../data/index.js";
import type { Failure } from "../failure.js";
import { type FeatureColumn, findColumnFault } from "../data/expressions/row-columns.js";
import type { RankNetwork } from "./open-source.js";

/** Values of heads by name, one per candidate; or what is wrong, with the candidate's place where it is a single one. */
export type NetworkScores =
  | {
      readonly kind: "scores";
      readonly heads: ReadonlyMap<string, ArrayLike<unknown>>;
      /** Heads that candidates provide themselves. */
      readonly given: readonly string[];
    }
  | { readonly kind: "fault"; readonly failure: Failure; readonly row?: number; readonly column?: string };

export interface NetworkRequest {
  readonly rows: readonly RawRow[];
  /** In how many of the rows each name is. */
  readonly names: ReadonlyMap<string, number>;
  /** The rows' own values of the heads, typed. */
  readonly provided: readonly InputRow[];
  /** Values of the request, as they came. */
  readonly values: RawRow;
  /** Heads that the ranking reads. */
  readonly heads: readonly string[];
  /** What the spec declares of the request's values: defaults stand for what is missing. */
  readonly inputs: readonly ServingInput[];
}

/**
 * Takes the heads that candidates provide and predicts the others. A feature's column that a candidate does not provide is
 * taken from the values of the request: by the column's name, or by the feature's where the column is the whole feature.
 */
export async function networkScores(predictor: RankNetwork, request: NetworkRequest): Promise<NetworkScores> {
  const { rows, names, provided, heads } = request;
  const given = heads.filter((head) => names.has(head) && provided.some((row) => isGiven(row, head)));
  const fill = requestFeatures(predictor.columns, request);
  if (given.length === 0) return scoresOfAll(predictor, request, fill);
  const needing = provided.flatMap((row, i) => (heads.every((head) => isGiven(row, head)) ? [] : [i]));
  const columns = new Map(heads.map((head) => [head, provided.map((row) => own(row, head))]));
  if (needing.length === 0) return { kind: "scores", heads: columns, given };
  const filled = needing.map((i): RawRow => joinRecords(fill, rows[i] ?? {}));
  const fault = findColumnFault(predictor.columns, filled);
  if (fault !== undefined) {
    const { failure, row, column } = fault;
    return { kind: "fault", failure, column, ...(row === undefined ? {} : { row: needing[row] as number }) };
  }
  try {
    const predicted = await predictor.predict(filled);
    for (const head of heads)
      needing.forEach((i, at) => {
        if (!isGiven(provided[i] as InputRow, head)) (columns.get(head) as unknown[])[i] = own(predicted, head)?.[at];
      });
    return { kind: "scores", heads: columns, given };
  } catch (error) {
    if (error instanceof RowFailure) return { kind: "fault", failure: error, row: needing[error.row] as number };
    throw error;
  }
}

/** The scores of candidates that provide none. */
async function scoresOfAll(
  predictor: RankNetwork,
  { rows, names, heads }: NetworkRequest,
  fill: RawRow,
): Promise<NetworkScores> {
  const filled = Object.keys(fill).length === 0 ? rows : rows.map((row): RawRow => joinRecords(fill, row));
  const isWhole = ({ column }: FeatureColumn): boolean =>
    names.get(column) === rows.length || Object.hasOwn(fill, column);
  const fault = predictor.columns.every(isWhole) ? undefined : findColumnFault(predictor.columns, filled);
  if (fault !== undefined) return { kind: "fault", ...fault };
  try {
    const predicted = await predictor.predict(filled);
    return { kind: "scores", heads: new Map(heads.map((head) => [head, own(predicted, head) ?? []])), given: [] };
  } catch (error) {
    if (error instanceof RowFailure) return { kind: "fault", failure: error, row: error.row };
    throw error;
  }
}

/** A head that a candidate provides: what is null, empty or no number is none. */
export function isGiven(row: InputRow, head: string): boolean {
  return (own(row, head) ?? undefined) !== undefined;
}

/** The values of the request that features are made of, by the names of their columns. */
function requestFeatures(columns: readonly FeatureColumn[], { values, inputs }: NetworkRequest): RawRow {
  return Object.fromEntries(
    columns.flatMap(({ column, features }) => {
      const names = [column, ...features];
      const name = names.find((each) => Object.hasOwn(values, each));
      if (name !== undefined) return [[column, values[name]]];
      const declared = inputs.find((input) => input.origin === "request" && names.includes(input.name));
      return declared?.missing.kind === "default" ? [[column, declared.missing.value]] : [];
    }),
  );
}
