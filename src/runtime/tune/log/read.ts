/** From files to the two slices of a log: what tuning learns on, and the later one that it is judged on. */
import type { InputRow } from "../../../compiler/formulas/index.js";
import type { FileReading, FormulaType, ServingInput, ServingModel } from "../../../compiler/model/index.js";
import { type LogColumnUse, type LogValueKind, type LogValues, readLogColumns } from "../../data/files/log-columns.js";
import { inputValue, parseNumber } from "../../data/index.js";
import { createFailure } from "../../failure.js";
import { numberTexts, orderByRequest } from "../measure/log-rows.js";
import { createLogPart, type LogPart } from "./part.js";
import { type HeldOut, splitByTime, splitByUser } from "./split.js";
import { clocksOf } from "./times.js";

export interface LogRequest {
  readonly files: readonly string[];
  readonly specPath: string;
  /** How the spec reads files. */
  readonly reading?: FileReading | undefined;
  /** Inputs that formulas and rules read. */
  readonly inputs: ReadonlySet<string>;
  /** Columns that objectives and guards read. */
  readonly labels: readonly string[];
  /** Of these, those that are read as numbers: a text in one is an error. */
  readonly numbers: ReadonlySet<string>;
  /** Of these, those that every row needs: drawn parameters. */
  readonly required: ReadonlySet<string>;
  /** Column that tells requests apart; absent: the first of `requestColumns` that the files have. */
  readonly request?: string;
  readonly requestColumns: readonly string[];
  /** Whether something is measured by request: without, each row of a log that tells none apart is one. */
  readonly needsRequests: boolean;
  /** Column that tells users apart; absent: each request is one. */
  readonly user?: string;
  /** Column of the time or the day, of which the latest are held out; absent: users are. */
  readonly time?: string;
  /** Whether a formula reads the time of the request. */
  readonly readsClock: boolean;
  /** Share of the latest requests, or of the users, that is held out, in (0, 1). */
  readonly holdout: number;
  /** Draws the users that are held out. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Gives heads missing from the files, a value per row. */
  readonly predict?: () => Promise<ReadonlyMap<string, Float32Array>>;
}

export interface TuneLog {
  readonly train: LogPart;
  readonly holdout?: LogPart;
  /** How the held-out slice was chosen. */
  readonly heldOut?: HeldOut;
  /** Rows that the files have. */
  readonly fileRows: number;
}

const valueKinds: Readonly<Record<FormulaType, LogValueKind>> = {
  number: "number",
  duration: "number",
  bool: "boolean",
  text: "text",
  time: "text",
  texts: "json",
  vector: "json",
};

/** Reads and validates the log. Throws a {@link Failure} for what does not fit the spec. */
export async function readTuneLog(serving: ServingModel, request: LogRequest): Promise<TuneLog> {
  const { inputs, inputUses, requestUses, userUse, timeUse, idUses, labelUses, uses } = usesOf(serving, request);
  const columns = await readLogColumns(request.files, uses, request);
  const files = request.files.join(", ");
  if (columns.rows === 0) throw createFailure("MTL7562", { files });
  const texts = (use: LogColumnUse | undefined): readonly (string | null)[] | undefined =>
    use === undefined ? undefined : (columns.values(use) as readonly (string | null)[] | undefined);

  const foundRequests = firstOf(requestUses.map(texts));
  if (foundRequests === undefined && request.needsRequests)
    throw createFailure("MTL7565", { files, tried: requestUses.map(({ column }) => column) });
  const requestTexts = foundRequests ?? Array.from({ length: columns.rows }, (_, row) => String(row));
  const timeTexts = texts(timeUse);
  const foundAt = requestUses.findIndex((use) => texts(use) !== undefined);
  checkComplete(foundRequests, requestUses[foundAt], files);
  checkComplete(timeTexts, timeUse, files);
  const requests = numberTexts(requestTexts);
  // A request of an unknown user is a user of its own.
  const users = numberTexts(
    texts(userUse)?.map((user, row) => (user === null ? `r${requestTexts[row] ?? ""}` : `u${user}`)) ?? requestTexts,
  );
  const clock = clocksOf(timeTexts, { column: request.time, files, isRead: request.readsClock });
  const order = orderByRequest(requests.codes, requests.count);
  const logged = inputs.map((input, i) => ({ input, values: columns.values(inputUses[i] as LogColumnUse) }));
  const lacksHead = logged.some(({ input, values }) => input.origin === "head" && values === undefined);
  const heads = lacksHead ? await request.predict?.() : undefined;
  const inputValues = logged.map(({ input, values }) => ({ input, values: values ?? heads?.get(input.name) }));
  const idTexts = firstOf(idUses.map(texts));
  const labels = labelUses.map((use, i) => readLabel(request, request.labels[i] ?? "", texts(use) ?? [], files));

  const partOf = (rows: Int32Array): LogPart =>
    createLogPart(serving, request.inputs, {
      files,
      requests: rows.map((row) => requests.codes[row]!),
      users: rows.map((row) => users.codes[row]!),
      userCount: users.count,
      rowNumbers: rows.map((row) => row + 1),
      times: clock === undefined ? undefined : Float64Array.from(rows, clock),
      candidate: (i) => candidateOf(inputValues, rows[i]!),
      id: (i) => idTexts?.[rows[i]!] ?? String(rows[i]),
      labels: new Map(
        labels.map(([name, { numbers, texts: own }]) => [
          name,
          {
            numbers: Float64Array.from(rows, (row) => numbers[row]!),
            texts: Array.from(rows, (row) => own[row] ?? null),
          },
        ]),
      ),
    });

  const split =
    timeTexts === undefined
      ? splitByUser({ order, requests: requests.codes, users: users.codes }, request)
      : splitByTime({ order, requests: requests.codes, times: timeTexts }, request);
  const log: Omit<TuneLog, "fileRows"> =
    split === undefined
      ? { train: partOf(order) }
      : { train: partOf(split.train), holdout: partOf(split.held), heldOut: split.how };
  if (log.train.rows.rows === 0) throw createFailure("MTL7562", { files });
  return { ...log, fileRows: columns.rows };
}

/** Which columns are read, and what for. */
function usesOf(serving: ServingModel, request: LogRequest) {
  const inputs = serving.inputs.filter(({ name, origin }) => request.inputs.has(name) && origin !== "id");
  const inputUses = inputs.map(({ name, type, missing, origin }): LogColumnUse => ({
    column: name,
    kind: valueKinds[type],
    user: origin === "head" ? `the head \`${name}\`` : `\`${name}\` of the spec`,
    optional:
      missing.kind === "keep" || missing.kind === "default" || (origin === "head" && request.predict !== undefined),
  }));
  const one = (column: string | undefined, user: string): LogColumnUse | undefined =>
    column === undefined ? undefined : { column, kind: "text", user };
  const requestUses = (request.request === undefined ? request.requestColumns : [request.request]).map(
    (column): LogColumnUse => ({
      column,
      kind: "text",
      user: "`--request`",
      optional: request.request === undefined,
    }),
  );
  const userUse = one(request.user, "`--user`");
  const timeUse = one(request.time, "`--time`");
  const idUses = idColumns.map((column): LogColumnUse => ({
    column,
    kind: "text",
    user: "the identifier",
    optional: true,
  }));
  const labelUses = request.labels.map((column): LogColumnUse => ({ column, kind: "text", user: "an objective" }));
  const uses = [
    ...inputUses,
    ...requestUses,
    ...[userUse, timeUse].filter((use) => use !== undefined),
    ...idUses,
    ...labelUses,
  ];
  return { inputs, inputUses, requestUses, userUse, timeUse, idUses, labelUses, uses };
}

/** A label's values as numbers and as texts. Throws a {@link Failure} (MTL7105) where a number is needed and none is there. */
function readLabel(
  request: LogRequest,
  name: string,
  own: readonly (string | null)[],
  files: string,
): readonly [string, { readonly numbers: Float64Array; readonly texts: readonly (string | null)[] }] {
  const isNumber = request.numbers.has(name);
  const numbers = Float64Array.from(own, (text, row) => {
    const value = labelNumber(text);
    if (isNumber && (value === undefined || (Number.isNaN(value) && request.required.has(name))))
      throw createFailure("MTL7105", {
        what: `column \`${name}\``,
        file: files,
        row: row + 1,
        value: text ?? "null",
        needed: "a number, true or false",
        user: "what is measured",
      });
    return value ?? 0; // a text that only counts as equal or not
  });
  return [name, { numbers, texts: own }] as const;
}

/** Columns of identifiers, in the order in which `mtlc rank` looks for them as well. */
const idColumns = ["id", "item_id"] as const;

function firstOf<T>(found: readonly (T | undefined)[]): T | undefined {
  return found.find((each) => each !== undefined);
}

/** A label's number: true and false count, what is missing or not finite is NaN; undefined for a text that spells none. */
function labelNumber(text: string | null): number | undefined {
  if (text === null) return NaN;
  if (text === "false") return 0;
  if (text === "true") return 1;
  const value = parseNumber(text);
  return value === undefined || Number.isFinite(value) ? value : NaN;
}

/** Throws a {@link Failure} (MTL7571) at the first row that does not say to which request, or when, it belongs. */
function checkComplete(
  texts: readonly (string | null)[] | undefined,
  use: LogColumnUse | undefined,
  files: string,
): void {
  const row = texts?.indexOf(null) ?? -1;
  if (row >= 0 && use !== undefined)
    throw createFailure("MTL7571", { column: use.column, file: files, row: row + 1, option: use.user });
}

function candidateOf(
  inputs: readonly { readonly input: ServingInput; readonly values: LogValues | Float32Array | undefined }[],
  row: number,
): InputRow {
  const fields = inputs.flatMap(({ input, values }) => {
    const value = values?.[row] ?? null;
    if (value === null) return [];
    return [[input.name, inputValue(value, input.type)] as const];
  });
  return Object.fromEntries(fields);
}
