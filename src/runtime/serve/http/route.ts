/** A route is a row: what is said of it in the description of the interface, and what answers it. It knows no framework. */
import type { ExposureDesk } from "../exposures/desk.js";
import type { ServerMetrics } from "../metrics/metrics.js";
import type { Repository } from "../repository/repository.js";
import type { VersionShare } from "../repository/version-share.js";
import type { Shadows } from "../shadow/shadow.js";

/** What routes work on. */
export interface ServeContext {
  readonly repository: Repository;
  readonly metrics: ServerMetrics;
  readonly desk: ExposureDesk;
  readonly shadows: Shadows;
  /** Versions that have a share of the units. */
  readonly split: readonly VersionShare[];
  readonly limits: RequestLimits;
  /** Whether clients must send a token. */
  readonly hasToken: boolean;
  /** False before the first version answers, and once the server ends. */
  readonly isReady: () => boolean;
}

export interface RequestLimits {
  /** Milliseconds after which a request is not answered any more. */
  readonly timeout: number;
  /** Bytes of a body. */
  readonly bodyBytes: number;
  /** Rows of a request. */
  readonly requestRows: number;
}

/** A request, of which nothing is known but that its route matches. */
export interface RouteRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** What the route reads of the text; undefined where there is no body. */
  readonly body: unknown;
  /** When nobody waits any more, in milliseconds of `performance.now()`. */
  readonly deadline: number;
  /** False once the client is gone. */
  readonly isWanted: () => boolean;
}

export interface RouteAnswer {
  /** 200 where absent. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: { readonly json: unknown } | { readonly text: string; readonly type: string };
}

/** A schema of JSON, as OpenAPI 3.1 has it. */
export type Schema = Readonly<Record<string, unknown>>;

export interface Route {
  readonly method: "GET" | "POST";
  /** Parameters in braces: `/v2/models/{model}/infer`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Answers without a token. */
  readonly isOpen?: true;
  /** Headers that may be sent, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Schema;
  /** Reads the text of a body, of which nothing is known; absent: JSON. Throws a ServeFault (400). */
  readonly readText?: (text: string) => unknown;
  /** The body of status 200. */
  readonly answer?: Schema;
  /** Statuses other than 200, and what they mean; those that every route may give are added. */
  readonly statuses?: Readonly<Record<number, string>>;
  readonly handle: (request: RouteRequest, context: ServeContext) => RouteAnswer | Promise<RouteAnswer>;
}
