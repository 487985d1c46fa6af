/** A slice of the log, ready to be scored again and again: validated candidates by request, labels beside them. */
import { type Frame, type InputRow, readInputs } from "../../../compiler/formulas/index.js";
import type { ServingModel } from "../../../compiler/model/index.js";
import { createFailure } from "../../failure.js";
import { createLogRows, type LogRows, numberTexts } from "../measure/log-rows.js";
import type { LogColumn } from "../measure/measure.js";

export interface LogPart {
  readonly rows: LogRows;
  /** All rows as one frame; its `now` is that of no request. */
  readonly whole: Frame;
  /** The same rows, a frame a request. */
  readonly requests: readonly Frame[];
  /** What names each candidate: its identifier, else its row in the log. */
  readonly ids: readonly string[];
  readonly column: (name: string) => LogColumn;
  /** Its rows whose value of a column of labels is known, itself where all are; undefined where none is. */
  readonly known: (name: string) => LogPart | undefined;
  /** Candidates that serving would leave out for a value that is missing or outside of its range. */
  readonly leftOut: number;
}

/** The log's columns before validation, rows of one request side by side. */
export interface RawLog {
  readonly files: string;
  /** Request and user of each row, numbered; the number of each row in the files, from 1. */
  readonly requests: Int32Array;
  readonly users: Int32Array;
  readonly userCount: number;
  readonly rowNumbers: Int32Array;
  /** Seconds since 1970, of each row; the request's clock is that of its first row. */
  readonly times: Float64Array | undefined;
  readonly candidate: (row: number) => InputRow;
  readonly id: (row: number) => string;
  /** Columns of labels; NaN and null where the value is unknown. */
  readonly labels: ReadonlyMap<string, { readonly numbers: Float64Array; readonly texts: readonly (string | null)[] }>;
}

/** @param read inputs that some formula or rule reads: the others need no column */
export function createLogPart(serving: ServingModel, read: ReadonlySet<string>, raw: RawLog): LogPart {
  const starts = requestStarts(raw.requests);
  const frames: Frame[] = [];
  const kept: number[] = [];
  let leftOut = 0;
  for (let g = 0; g + 1 < starts.length; g++) {
    const [start, end] = [starts[g]!, starts[g + 1]!];
    const candidates = Array.from({ length: end - start }, (_, i) => raw.candidate(start + i));
    const found = readInputs(
      serving,
      { candidates, request: candidates[0] ?? {}, now: raw.times?.[start] ?? 0 },
      ({ name, origin }) => read.has(name) && origin !== "id",
    );
    if (found.kind === "refused")
      throw createFailure("MTL7554", {
        input: found.input,
        row: raw.rowNumbers[start + (found.index ?? 0)] ?? 0,
        file: raw.files,
        reason: found.reason,
        expected: found.expected,
      });
    leftOut += found.leftOut.length;
    if (found.kept.length === 0) continue;
    frames.push(found.frame);
    for (const index of found.kept) kept.push(start + index);
  }
  const rows = Int32Array.from(kept);
  const gather = (values: Int32Array): Int32Array => rows.map((row) => values[row]!);
  const columns = new Map<string, LogColumn>();
  const parts = new Map<string, LogPart | undefined>();
  const part: LogPart = {
    rows: createLogRows(gather(raw.requests), gather(raw.users), raw.userCount),
    whole: joinFrames(serving, frames),
    requests: frames,
    ids: distinctIds(rows, raw),
    leftOut,
    column: (name) => {
      const known = columns.get(name);
      if (known !== undefined) return known;
      const label = raw.labels.get(name);
      if (label === undefined) throw new Error(`the column ${name} was not read`);
      const numbers = Float64Array.from(rows, (row) => label.numbers[row]!);
      const column = {
        numbers: numbers.map((value) => (Number.isNaN(value) ? 0 : value)),
        missing: Uint8Array.from(numbers, (value) => Number(Number.isNaN(value))),
        codes: numberTexts(Array.from(rows, (row) => label.texts[row] ?? null)).codes,
      };
      columns.set(name, column);
      return column;
    },
    known: (name) => {
      if (parts.has(name)) return parts.get(name);
      const { missing } = part.column(name);
      const known = rows.filter((_, i) => missing?.[i] !== 1);
      const own =
        known.length === rows.length
          ? part
          : known.length === 0
            ? undefined
            : createLogPart(serving, read, selectRows(raw, known));
      parts.set(name, own);
      return own;
    },
  };
  return part;
}

function selectRows(raw: RawLog, rows: Int32Array): RawLog {
  const gather = (values: Int32Array): Int32Array => rows.map((row) => values[row]!);
  const { times } = raw;
  return {
    files: raw.files,
    requests: gather(raw.requests),
    users: gather(raw.users),
    userCount: raw.userCount,
    rowNumbers: gather(raw.rowNumbers),
    times: times === undefined ? undefined : Float64Array.from(rows, (row) => times[row]!),
    candidate: (i) => raw.candidate(rows[i]!),
    id: (i) => raw.id(rows[i]!),
    labels: new Map(
      [...raw.labels].map(([name, { numbers, texts }]) => [
        name,
        {
          numbers: Float64Array.from(rows, (row) => numbers[row]!),
          texts: Array.from(rows, (row) => texts[row] ?? null),
        },
      ]),
    ),
  };
}

/** An item that a request lists twice is two candidates: the second is named after its row as well. */
function distinctIds(rows: Int32Array, raw: RawLog): readonly string[] {
  const seen = new Set<string>();
  let request = -1;
  return Array.from(rows, (row) => {
    if (raw.requests[row] !== request) seen.clear();
    request = raw.requests[row]!;
    const id = raw.id(row);
    const own = seen.has(id) ? `${id}#${row}` : id;
    seen.add(own);
    return own;
  });
}

function requestStarts(requests: Int32Array): readonly number[] {
  const starts: number[] = [];
  for (let row = 0; row < requests.length; row++)
    if (row === 0 || requests[row] !== requests[row - 1]) starts.push(row);
  return [...starts, requests.length];
}

function joinFrames(serving: ServingModel, frames: readonly Frame[]): Frame {
  const count = frames.reduce((sum, frame) => sum + frame.count, 0);
  const joinNumbers = (name: string): Float64Array => {
    const joined = new Float64Array(count);
    let at = 0;
    for (const frame of frames) {
      joined.set(frame.numbers.get(name) ?? new Float64Array(frame.count).fill(NaN), at);
      at += frame.count;
    }
    return joined;
  };
  const names = (kind: "numbers" | "texts" | "lists" | "vectors"): readonly string[] => [
    ...(frames[0]?.[kind].keys() ?? []),
  ];
  return {
    count,
    now: 0,
    params: new Map(serving.params.map(({ name, value }) => [name, value])),
    numbers: new Map(names("numbers").map((name) => [name, joinNumbers(name)])),
    texts: new Map(names("texts").map((name) => [name, frames.flatMap((frame) => frame.texts.get(name) ?? [])])),
    lists: new Map(names("lists").map((name) => [name, frames.flatMap((frame) => frame.lists.get(name) ?? [])])),
    vectors: new Map(names("vectors").map((name) => [name, frames.flatMap((frame) => frame.vectors.get(name) ?? [])])),
    fusions: new Map(serving.fusions.map(({ name, value }) => [name, value])),
  };
}
