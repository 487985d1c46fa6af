/**
 * `mtlc/client`: calls of `mtlc serve` over `fetch`, in Node, Deno, Bun, workers and pages. In: requests as typed values. Out: typed answers,
 * or a {@link ServeError} that says why there is none. It imports nothing.
 */
import { ServeError } from "./errors.js";
import { type Call, send } from "./send.js";
import type {
  Exposure,
  ExposureResult,
  InferAnswer,
  InferRequest,
  ModelMetadata,
  Prediction,
  RankAnswer,
  RankRequest,
  Row,
} from "./types.js";

export { ServeError, type ServeErrorDetails, type ServeErrorKind } from "./errors.js";
export type {
  Candidate,
  Exposure,
  ExposureResult,
  InferAnswer,
  InferRequest,
  ModelMetadata,
  Prediction,
  RankAnswer,
  RankedItem,
  RankRequest,
  Row,
  Tensor,
  Value,
} from "./types.js";

export interface ClientOptions {
  /** Where the server is: `http://localhost:8080`, or a proxy's address with a path. */
  readonly url: string;
  /** What the server wants as a bearer token. */
  readonly token?: string;
  /** Milliseconds of a call with all its tries; 10,000. The server is told, and drops what nobody waits for. */
  readonly timeout?: number;
  /**
   * How often a call is tried again, at most; 2. After 429 and 503, when `retry-after` of the answer has passed; where the connection breaks,
   * only calls that may be done twice: all but `rank`, which spends permits of caps.
   */
  readonly retries?: number;
  /** Absent: that of the platform. */
  readonly fetch?: typeof fetch;
}

/** For one call. */
export interface CallOptions {
  /** Milliseconds; absent: the client's. */
  readonly timeout?: number;
  /** Ends the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** For one version; absent: the newest. */
export interface VersionedCallOptions extends CallOptions {
  readonly version?: string;
}

/** Calls reject with a {@link ServeError}. */
export interface Client {
  /** Values of the heads for rows, in their order: records, or numbers where the model has one head (`predict<number>`). */
  readonly predict: <P extends Prediction = Readonly<Record<string, number | null>>>(
    model: string,
    rows: readonly Row[],
    options?: VersionedCallOptions,
  ) => Promise<P[]>;
  /** The same by tensors of KServe's protocol. */
  readonly infer: (model: string, request: InferRequest, options?: VersionedCallOptions) => Promise<InferAnswer>;
  /** The page of a ranking. */
  readonly rank: (request: RankRequest, options?: CallOptions) => Promise<RankAnswer>;
  /** Counts what was shown of pages; may be sent again whenever its answer is lost. A result for each exposure, in their order. */
  readonly reportExposures: (exposures: readonly Exposure[], options?: CallOptions) => Promise<ExposureResult[]>;
  /** Columns and heads of a model. */
  readonly metadata: (model: string, options?: VersionedCallOptions) => Promise<ModelMetadata>;
  /** Whether the server takes requests; false as well where it is not reached. */
  readonly isReady: (options?: CallOptions) => Promise<boolean>;
}

export function createClient({ url, token, timeout = 10_000, retries = 2, ...rest }: ClientOptions): Client {
  const shared = { url: url.replace(/\/+$/, ""), token, fetch: rest.fetch ?? ((...call) => fetch(...call)) };
  const ask = (call: Call, options: CallOptions = {}, tries = retries): Promise<unknown> =>
    send(call, { ...shared, retries: tries, timeout: options.timeout ?? timeout, signal: options.signal });
  const post = (path: string, body: unknown, options?: CallOptions): Promise<unknown> =>
    ask({ method: "POST", path, body, isRepeatable: true }, options);
  return {
    predict: async <P extends Prediction>(model: string, rows: readonly Row[], options?: VersionedCallOptions) => {
      const path = `/v1/models/${named(model, options)}:predict`;
      const { predictions } = (await post(path, { instances: rows }, options)) as { readonly predictions: P[] };
      return predictions;
    },
    infer: async (model, request, options) =>
      (await post(`/v2/models/${named(model, options)}/infer`, request, options)) as InferAnswer,
    rank: async (request, options) =>
      (await ask({ method: "POST", path: "/v1/rank", body: request, isRepeatable: false }, options)) as RankAnswer,
    reportExposures: async (exposures, options) => {
      const { results } = (await post("/v1/exposures", { exposures }, options)) as {
        readonly results: ExposureResult[];
      };
      return results;
    },
    metadata: async (model, options) =>
      (await ask(
        { method: "GET", path: `/v2/models/${named(model, options)}`, isRepeatable: true },
        options,
      )) as ModelMetadata,
    isReady: async (options) => {
      try {
        await ask({ method: "GET", path: "/v2/health/ready", isRepeatable: true }, options, 0);
        return true;
      } catch (error) {
        if (error instanceof ServeError) return false;
        throw error;
      }
    },
  };
}

/** A model, or a version of it, in a path. */
function named(model: string, { version }: VersionedCallOptions = {}): string {
  return encodeURIComponent(model) + (version === undefined ? "" : `/versions/${encodeURIComponent(version)}`);
}
