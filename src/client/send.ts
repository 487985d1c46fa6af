/** A call over HTTP: a deadline for all of it, and another try where the server has done nothing. */
import { errorOfAnswer, ServeError } from "./errors.js";

export interface SendOptions {
  readonly url: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  /** Milliseconds for the call with all its tries. */
  readonly timeout: number;
  /** Tries after the first, at most. */
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
}

export interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  /** Doing it twice does no more than doing it once: tried again as well where the connection breaks. */
  readonly isRepeatable: boolean;
}

/** The body of status 200, parsed. Rejects with a {@link ServeError}, or with the reason of the signal. */
export async function send(call: Call, options: SendOptions): Promise<unknown> {
  const end = Date.now() + options.timeout;
  for (let tries = 0; ; tries++) {
    try {
      return await sendOnce(call, options, end);
    } catch (error) {
      if (!(error instanceof ServeError) || tries >= options.retries) throw error;
      const wait = waitOf(error, call, tries);
      // Where there is no time for another try, the caller is told at once.
      if (wait === undefined || Date.now() + wait >= end) throw error;
      await pause(wait, options.signal);
    }
  }
}

/** Milliseconds before another try; undefined: none. */
function waitOf({ kind, details }: ServeError, { isRepeatable }: Call, tries: number): number | undefined {
  const backoff = 100 * 2 ** tries;
  switch (kind) {
    case "overload":
    case "unavailable":
      return details.retryAfter === undefined ? backoff : details.retryAfter * 1000;
    case "connection":
      return isRepeatable ? backoff : undefined;
    case "invalid":
    case "token":
    case "deadline":
    case "server":
      return undefined;
  }
}

async function sendOnce({ method, path, body }: Call, options: SendOptions, end: number): Promise<unknown> {
  const { url, token, fetch: ask, signal } = options;
  const left = end - Date.now();
  if (left <= 0) throw tooLate();
  signal?.throwIfAborted();
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(tooLate()), left);
  const stop = (): void => control.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const response = await ask(`${url}${path}`, {
      method,
      signal: control.signal,
      headers: {
        // The server gives up when nobody waits any more.
        "x-request-timeout-ms": String(Math.ceil(left)),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return parse(text, response.status);
    throw errorOfAnswer(response.status, tryParse(text), secondsOf(response.headers.get("retry-after")));
  } catch (error) {
    if (control.signal.aborted) throw control.signal.reason;
    if (error instanceof ServeError) throw error;
    throw new ServeError("connection", `${url} was not reached, or the connection broke`, {}, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function parse(text: string, status: number): unknown {
  const found = tryParse(text);
  if (found !== undefined) return found;
  throw new ServeError("server", "the answer is not JSON: does mtlc serve answer at this address?", { status });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `retry-after` in seconds; a date, which the server does not send, is left out. */
function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d+$/.test(header) ? Number(header) : undefined;
}

function tooLate(): ServeError {
  return new ServeError("deadline", "the call was not answered in its time");
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
