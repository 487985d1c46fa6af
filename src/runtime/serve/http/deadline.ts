import { badRequest } from "../fault.js";

/** The header by which a client says how long it waits. */
export const timeoutHeader = "x-request-timeout-ms";

/** When a request is not waited for any more, in milliseconds of `performance.now()`. Throws a ServeFault (400). */
export function deadlineOf(header: string | readonly string[] | undefined, timeout: number): number {
  const now = performance.now();
  if (header === undefined) return now + timeout;
  const wanted = typeof header === "string" && /^\d{1,9}(?:\.\d+)?$/.test(header) ? Number(header) : 0;
  if (wanted <= 0)
    throw badRequest(`\`${timeoutHeader}\` must be a number of milliseconds above 0, and is \`${String(header)}\``);
  return now + Math.min(wanted, timeout);
}
