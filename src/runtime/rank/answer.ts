/** What a ranking that answers in this process takes and gives. */
import type { Diagnostic } from "../../compiler/diagnostics/index.js";
import type { Model } from "../../compiler/model/index.js";
import type { RankedList } from "../../compiler/serving/index.js";
import type { RawRow } from "../data/index.js";
import type { EngineName } from "../engine/index.js";
import type { FlowedRanking, PermitStore } from "../flow/index.js";
import type { PredictorReport } from "../jobs/predict/predictor.js";

export interface RankerOptions {
  /** Name of the ranking; absent: the first of the spec. */
  readonly ranking?: string;
  readonly engine?: EngineName;
  /** Where permits of caps and paces are kept; absent: no cap holds anything back. */
  readonly flow?: RankerFlow;
  /** What two candidates of one identifier mean: the request is refused (the default), or the first of them stays. */
  readonly duplicates?: "refuse" | "first";
  /** Told of what is odd and not wrong, each thing once. */
  readonly onWarning?: (warning: Diagnostic) => void;
}

export interface RankerFlow {
  /** An open store, which the caller closes, or what `openPermitStore` takes. */
  readonly store: PermitStore | string;
  /** The server's name, for people who read the store. */
  readonly server: string;
  /** Whose counters; absent: the model's name. */
  readonly namespace?: string;
  /** Of a store that is named and cannot be reached now, as for `openPermitStore`; `fail`. */
  readonly whenDown?: "fail" | "degrade";
  /** How many servers share the store, for one that starts while it does not answer; 1. */
  readonly servers?: number;
  /** Milliseconds that a request waits for permits; 50. */
  readonly wait?: number;
  /** Milliseconds after which a call to the store has failed; 1000. */
  readonly timeout?: number;
}

/** A request to a ranking. What is wrong with it is part of the answer; nothing of it is thrown. */
export interface ServiceRequest {
  /** A record per candidate: raw columns of the network's features, and the values that the ranking reads. */
  readonly candidates: readonly RawRow[];
  /** What candidates are called; absent: their `id`. */
  readonly ids?: readonly (string | number)[];
  /** Values of the request. They are also features where candidates do not provide those. */
  readonly values?: RawRow;
  /** Seconds since 1970; absent: the clock's. */
  readonly now?: number;
  /** What draws of explorations depend on, besides the seed. */
  readonly request?: string;
  /** An integer in [0, 2^32); 0. */
  readonly seed?: number;
  /** Replace the spec's parameters and what arms set. */
  readonly params?: Readonly<Record<string, number>>;
  /** Replace the arms of the request's units. */
  readonly arms?: Readonly<Record<string, string>>;
  /** Which page is asked for, from 1; absent: the one after what `shown`, or else `tail`, holds. */
  readonly page?: number;
  /** The end of the page before, in its order. */
  readonly tail?: readonly RawRow[];
  /** All that the pages before showed, in its order: records with an `id`, or identifiers. */
  readonly shown?: readonly (RawRow | string | number)[];
  /** Of each candidate, the sources that provided it; absent: its `source`. */
  readonly sources?: readonly (readonly string[])[];
}

/** A list, with what it depended on. */
export interface RankedAnswer {
  readonly kind: "ranked";
  readonly request: string;
  /** The ranking's name. */
  readonly ranking: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly seed: number;
  /** Arm by experiment. */
  readonly arms: Readonly<Record<string, string>>;
  /** How many candidates the request has. */
  readonly candidateCount: number;
  /** Identifiers of several candidates, of which the first was kept. */
  readonly duplicates: readonly string[];
  readonly list: RankedList;
  /** The items of the list as the end of `shown` of a request for the page after: with what rules read of them, or only their ids. */
  readonly shownItems: () => readonly (RawRow | string)[];
  /** What the list was made under, where there is a store: permits, and the multipliers of paces. */
  readonly flow?: Omit<FlowedRanking<RankedList>, "ranking">;
}

/** A request that cannot be answered, and why. */
export interface RefusedAnswer {
  readonly kind: "refused";
  readonly request: string;
  /** The ranking's name. */
  readonly ranking: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly seed: number;
  /** The candidate at fault, where it is a single one. */
  readonly id?: string;
  /** The value at fault. */
  readonly input?: string;
  readonly diagnostic: Diagnostic;
}

export type RankAnswer = RankedAnswer | RefusedAnswer;

/** A ranking that answers in this process: features, network, formula, rules, flow control, list. */
export interface Ranker {
  readonly model: Model;
  /** The ranking's name. */
  readonly name: string;
  /** Answers one request; rejects only for what no request can cause, such as a compiled artifact without weights. */
  readonly rank: (request: ServiceRequest) => Promise<RankAnswer>;
  /** What the network has seen since it was opened; undefined while it has predicted nothing. */
  readonly report: () => PredictorReport | undefined;
  /** Gives permits back and frees the network. */
  readonly close: () => Promise<void>;
}
