/** What the server itself has to say to a client: a status, and a sentence that says why. */

/** What a client is told: KServe's and TensorFlow Serving's form of an error, with the code of the catalogue beside it. */
export interface ErrorBody {
  readonly error: string;
  /** Code of the catalogue, where there is one. */
  readonly code?: string;
  readonly help?: string;
  /** The candidate at fault, and the value. */
  readonly id?: string;
  readonly input?: string;
}

interface FaultDetails extends Omit<ErrorBody, "error"> {
  /** After how many seconds it is worth another try. */
  readonly retryAfter?: number;
}

/** Thrown for what is wrong with a request, or prevents its answer, and is not a bug. */
export class ServeFault extends Error {
  override readonly name = "ServeFault";

  constructor(
    /** Status of HTTP. */
    readonly status: number,
    message: string,
    readonly details: FaultDetails = {},
  ) {
    super(message);
  }
}

export function badRequest(message: string, details: FaultDetails = {}): ServeFault {
  return new ServeFault(400, message, details);
}
