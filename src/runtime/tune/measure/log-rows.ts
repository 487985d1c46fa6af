/** Rows of a log in memory, those of one request side by side. */

export interface LogRows {
  readonly rows: number;
  /** Rows of request g: [starts[g], starts[g + 1]). */
  readonly starts: Int32Array;
  /** Request of each row. */
  readonly requests: Int32Array;
  /** User of each row, numbered from 0: the unit that is resampled. */
  readonly users: Int32Array;
  readonly userCount: number;
}

/** Numbers texts from 0 in the order in which they first appear; a missing one has a number of its own. */
export function numberTexts(texts: readonly (string | null)[]): { readonly codes: Int32Array; readonly count: number } {
  const known = new Map<string | null, number>();
  const codes = Int32Array.from(texts, (text) => {
    const code = known.get(text) ?? known.size;
    known.set(text, code);
    return code;
  });
  return { codes, count: known.size };
}

/** The order that puts rows of one request side by side, requests as they first appear and rows as they are. */
export function orderByRequest(requests: Int32Array, count: number): Int32Array {
  const next = new Int32Array(count + 1);
  for (const request of requests) next[request + 1] = next[request + 1]! + 1;
  for (let i = 0; i < count; i++) next[i + 1] = next[i + 1]! + next[i]!;
  const order = new Int32Array(requests.length);
  for (const [row, request] of requests.entries()) {
    const index = next[request]!;
    order[index] = row;
    next[request] = index + 1;
  }
  return order;
}

/** Rows that already are by request. */
export function createLogRows(requests: Int32Array, users: Int32Array, userCount: number): LogRows {
  const starts: number[] = [];
  for (const [row, request] of requests.entries()) if (row === 0 || request !== requests[row - 1]) starts.push(row);
  starts.push(requests.length);
  const numbers = new Int32Array(requests.length);
  for (let g = 0; g + 1 < starts.length; g++) numbers.fill(g, starts[g], starts[g + 1]);
  return { rows: requests.length, starts: Int32Array.from(starts), requests: numbers, users, userCount };
}
