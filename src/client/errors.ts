/** Why a call has no answer. */

export type ServeErrorKind =
  /** 400, 404, 405, 413, 415: the request is wrong, and would be again. */
  | "invalid"
  /** 401: the token is missing, or wrong. */
  | "token"
  /** 429: too much waits, and went on to do so until the deadline. */
  | "overload"
  /** 504, or nothing came in the time that the call had. */
  | "deadline"
  /** 503: no version, or no store, answers. */
  | "unavailable"
  /** No server was reached, or the connection broke: it is not known whether the server has done anything. */
  | "connection"
  /** Anything else that is not an answer, 500 among it. */
  | "server";

export interface ServeErrorDetails {
  /** Status of HTTP; absent where nothing was answered. */
  readonly status?: number;
  /** Code of the catalogue, `MTL7113`, where the error has one. */
  readonly code?: string;
  readonly help?: string;
  /** The candidate or item at fault. */
  readonly id?: string;
  /** The value at fault. */
  readonly input?: string;
  /** Seconds after which the server finds another try worth while. */
  readonly retryAfter?: number;
}

/** Thrown by every call that has no answer; its message is the server's reason. */
export class ServeError extends Error {
  override readonly name = "ServeError";

  constructor(
    readonly kind: ServeErrorKind,
    message: string,
    readonly details: ServeErrorDetails = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }

  /** {@link ServeErrorDetails.code}. */
  get code(): string | undefined {
    return this.details.code;
  }

  /** {@link ServeErrorDetails.status}. */
  get status(): number | undefined {
    return this.details.status;
  }
}

/** An answer that is not 200, as an error. */
export function errorOfAnswer(status: number, body: unknown, retryAfter: number | undefined): ServeError {
  const { error, ...rest } = (typeof body === "object" && body !== null ? body : {}) as Readonly<
    Record<string, unknown>
  >;
  const texts = Object.fromEntries(
    ["code", "help", "id", "input"].flatMap((name) => (typeof rest[name] === "string" ? [[name, rest[name]]] : [])),
  ) as ServeErrorDetails;
  const message = typeof error === "string" ? error : `the server answered with status ${status}`;
  const waits = retryAfter === undefined ? {} : { retryAfter };
  return new ServeError(kindOf(status), message, { status, ...texts, ...waits });
}

function kindOf(status: number): ServeErrorKind {
  switch (status) {
    case 401:
      return "token";
    case 429:
      return "overload";
    case 503:
      return "unavailable";
    case 504:
      return "deadline";
    default:
      return status >= 400 && status < 500 ? "invalid" : "server";
  }
}
