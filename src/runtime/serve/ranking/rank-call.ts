/** What goes to a worker for a request to a ranking, and what comes back: values that can be cloned. */
import type { Diagnostic } from "../../../compiler/diagnostics/index.js";
import type { PermitValue } from "../../flow/index.js";
import type { CarriedError } from "../../pool/service.js";
import type { ErrorBody } from "../fault.js";
import type { TokenKey } from "./page-token.js";
import type { PackedRows } from "../scoring/call-rows.js";

/** What a version ranks with. */
export interface RankSettings {
  /** Under which the threads of the server share its store of permits; absent: no cap holds anything back. */
  readonly channel?: string;
  /** The server's name, for people who read the store. */
  readonly server: string;
  readonly key: TokenKey;
  /** What caps of what was served, and paces, count. */
  readonly count: "lists" | "exposures";
  /** Milliseconds in which exposures of an answer are reported. */
  readonly exposureWait: number;
}

/** A request to a ranking, of which nothing is known but its size. */
export interface RankWork {
  /** Absent: that of the token, or else the first of the spec. */
  readonly ranking?: string;
  readonly candidates: PackedRows;
  /** Members of the request besides `candidates`, as `createRanker` takes them. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Token of the page before. */
  readonly after?: string;
  /** Candidates to explain, by their identifiers; `true`: all. */
  readonly explain?: true | readonly string[];
  /** The reply says what is needed to make the list again. */
  readonly records?: true;
  /** The list is made under these, spends nothing, and has no page after it; its reply says what {@link records} has it say. */
  readonly replay?: Replay;
}

/** What a list was made under, besides its candidates. */
export interface Replay {
  readonly request: string;
  readonly seed: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** By rule and key: permits at hand, and multipliers of paces; absent: nothing was counted. */
  readonly permits?: ReadonlyMap<string, ReadonlyMap<PermitValue, number>>;
  readonly paces?: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export type RankReply = RankedReply | RefusedReply;

/** A reply that can be cloned, or why there is none that is no matter of the request. */
export type RankAnswer = RankReply | { readonly kind: "error"; readonly error: CarriedError };

export interface RankedReply {
  readonly kind: "ranked";
  /** The answer, as JSON. */
  readonly text: string;
  readonly ranking: string;
  /** Identifiers, in the order of the list. */
  readonly items: readonly string[];
  /** Where it was asked for: with the scores of the items. */
  readonly recorded?: { readonly scores: readonly number[]; readonly replay: Replay };
  readonly candidates: number;
  readonly arms: Readonly<Record<string, string>>;
  /** How many candidates each rule took out. */
  readonly removed: ReadonlyMap<string, number>;
  /** How many candidates were left out before any rule, by why. */
  readonly leftOut: ReadonlyMap<LeftOutReason, number>;
  /** Rules that could not hold. */
  readonly relaxed: readonly string[];
}

/** `value`: validation; `shown`: a page before; `source`: no source; `stage`: not among the first of its sources. */
export type LeftOutReason = "value" | "shown" | "source" | "stage";

/** A request that cannot be answered. */
interface RefusedReply extends ErrorBody {
  readonly kind: "refused";
}

/** Something odd that is not wrong, once per worker. */
export type RankWarning = Pick<Diagnostic, "code" | "message">;
