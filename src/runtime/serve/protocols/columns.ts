/** Reading the parts of a body, of which nothing is known: each reader says in words what it found instead. */
import { badRequest } from "../fault.js";
import { type CallRows, columnRows } from "../scoring/call-rows.js";

export function readRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw badRequest(`${what} must be an object, and is ${kindOf(value)}`);
}

export function readList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[];
  throw badRequest(`${what} must be a list, and is ${kindOf(value)}`);
}

export function readText(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw badRequest(`${what} must be a text, and is ${kindOf(value)}`);
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : typeof value === "string" ? "a text" : `a ${typeof value}`;
}

/** A value of a raw column: null, a text, a number, a boolean, or a list of these. */
export function checkValue(value: unknown, where: () => string): void {
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (Number.isInteger(value) && !Number.isSafeInteger(value))
        throw badRequest(`${where()} is ${value}, which is beyond 2^53 and was rounded on the way; send it as a text`);
      return;
    default:
      if (value === null) return;
      if (Array.isArray(value)) {
        for (const element of value) {
          if (Array.isArray(element)) throw badRequest(`${where()} is a list of lists; a row has one list of values`);
          checkValue(element, where);
        }
        return;
      }
      throw badRequest(
        `${where()} is ${kindOf(value)}; a column has a text, a number, a boolean, null, or a list of these`,
      );
  }
}

/** Refuses a request of too many rows. */
export function checkRowCount(rows: number, most: number): void {
  if (rows > most) throw badRequest(`the request has ${rows} rows; at most ${most} are answered at once`);
}

export interface Columns {
  /** Throws a {@link ServeFault} (400) for a second column of a name, and for one that is not as long as those before. */
  readonly add: (name: string, values: readonly unknown[]) => void;
  readonly rows: () => CallRows;
}

/** The columns of a request, as its inputs come. */
export function createColumns(): Columns {
  const columns = new Map<string, readonly unknown[]>();
  let rows: number | undefined;
  return {
    add: (name, values) => {
      if (columns.has(name)) throw badRequest(`there are two inputs \`${name}\``);
      rows ??= values.length;
      if (values.length !== rows)
        throw badRequest(`input \`${name}\` has ${values.length} rows, and the inputs before it have ${rows}`);
      columns.set(name, values);
    },
    rows: () => columnRows(rows ?? 0, columns),
  };
}
