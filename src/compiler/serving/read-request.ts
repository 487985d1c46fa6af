/**
 * A request as a caller gives it, of which nothing is known yet, as what rankings and formulas work on. Every fault is a
 * {@link Refusal} and none is thrown: what a service is handed comes from elsewhere.
 */
import { isSeconds, type InputRow } from "../formulas/index.js";
import type { ServingModel } from "../model/index.js";
import { candidateLimit, type PermitSnapshot } from "../ranking/index.js";
import { assignArms, type AssignedArms } from "./experiment.js";
import type { RankRequest } from "./rank-request.js";
import { oneOf, refuse, type Refusal } from "./refusal.js";
import type { ShownItem } from "./shown-items.js";

/** A request whose form is right; its values are still to be held against the spec. */
export interface SoundRequest {
  readonly kind: "request";
  readonly request: RankRequest;
  /** Arm by experiment. */
  readonly arms: AssignedArms["arms"];
}

/** Members that a request may have. */
export const requestMembers = [
  "request",
  "candidates",
  "ids",
  "values",
  "now",
  "seed",
  "params",
  "arms",
  "page",
  "tail",
  "shown",
  "sources",
  "permits",
] as const;

/** Reads a request: its form, the identifiers of its candidates, the clock, and the parameters under its arms. */
export function readRequest(serving: ServingModel, given: unknown): SoundRequest | Refusal {
  if (!isRecord(given)) return refuse("request", "type", "an object with `candidates` and `now`");
  const unknown = Object.keys(given).find((key) => !requestMembers.some((known) => known === key));
  if (unknown !== undefined) return refuse(unknown, "unknown", oneOf(requestMembers, "member"));
  const { candidates, now, seed = 0, request = "", values, page, tail, shown, permits } = given;
  if (!isList(candidates, isRecord)) return refuse("candidates", reasonFor(candidates), "a list of objects");
  if (candidates.length > candidateLimit)
    return refuse("candidates", "outside", `a list of at most ${candidateLimit} candidates`);
  if (typeof now !== "number" || !isSeconds(now)) return refuse("now", reasonFor(now), nowText);
  if (typeof seed !== "number" || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    return refuse("seed", typeof seed === "number" ? "outside" : "type", "an integer in [0, 4294967296)");
  const name = textOf(request);
  if (name === undefined) return refuse("request", "type", "a text; values of the request are in `values`");
  if (values !== undefined && !isRecord(values)) return refuse("values", "type", "an object of values by their names");
  if (tail !== undefined && !isList(tail, isRecord))
    return refuse("tail", "type", "a list of objects: the end of the page before");
  if (shown !== undefined && !isList(shown, isShownItem))
    return refuse("shown", "type", "a list of objects or ids: what the pages before showed");
  if (page !== undefined && !(typeof page === "number" && Number.isSafeInteger(page) && page >= 1))
    return refuse("page", typeof page === "number" ? "outside" : "type", "a whole number of at least 1");
  if (permits !== undefined && !isPermits(permits))
    return refuse("permits", "type", "an object with the functions `held` and `pace`");
  const ids = readIds(given["ids"], candidates);
  if ("kind" in ids) return ids;
  const sources = readSources(given["sources"], candidates.length);
  if (sources !== undefined && "kind" in sources) return sources;
  const assigned = assignArms(serving, given["arms"], values);
  if (assigned.kind === "refused") return assigned;
  const params = readParams(serving, given["params"]);
  if ("kind" in params) return params;
  return {
    kind: "request",
    arms: assigned.arms,
    request: {
      request: name,
      ids: ids.ids,
      candidates,
      ...(values === undefined ? {} : { values }),
      ...(page === undefined ? {} : { page }),
      ...(tail === undefined ? {} : { tail }),
      ...(shown === undefined ? {} : { shown }),
      ...(sources === undefined ? {} : { sources }),
      now,
      seed,
      params: new Map([...assigned.params, ...params]),
      ...(permits === undefined ? {} : { permits }),
    },
  };
}

const nowText = "seconds (not milliseconds) since 1970, before the year 2200: `Date.now() / 1000`";

function reasonFor(value: unknown): Refusal["reason"] {
  return value === undefined || value === null ? "missing" : typeof value === "number" ? "outside" : "type";
}

function isRecord(value: unknown): value is InputRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isShownItem(value: unknown): value is ShownItem {
  return isRecord(value) || typeof value === "string" || typeof value === "number" || typeof value === "bigint";
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isItem);
}

function isPermits(value: unknown): value is PermitSnapshot {
  return isRecord(value) && typeof value["held"] === "function" && typeof value["pace"] === "function";
}

/** Identifiers and units may be numbers; their text is what counts. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value)) ? String(value) : undefined;
}

/** The candidates' own `id`, or `ids` in its place. */
function readIds(given: unknown, candidates: readonly InputRow[]): { readonly ids: readonly string[] } | Refusal {
  const expected = "a text or a number, unique in the request";
  if (given !== undefined && (!Array.isArray(given) || given.length !== candidates.length))
    return refuse("ids", "type", "a list with the identifier of each candidate");
  const values: readonly unknown[] =
    given ?? candidates.map((row) => (Object.hasOwn(row, "id") ? row["id"] : undefined));
  const ids: string[] = [];
  for (const [i, value] of values.entries()) {
    const id = textOf(value);
    if (id === undefined)
      return {
        kind: "refused",
        id: `candidate ${i + 1}`,
        input: "id",
        reason: reasonFor(value ?? undefined),
        expected,
      };
    ids.push(id);
  }
  return { ids };
}

function readSources(given: unknown, count: number): readonly (readonly string[])[] | Refusal | undefined {
  if (given === undefined) return undefined;
  const isText = (each: unknown): each is string => typeof each === "string";
  if (isList(given, (each): each is readonly string[] => isList(each, isText)) && given.length === count) return given;
  return refuse("sources", "type", "for each candidate a list with the names of its sources");
}

function readParams({ params }: ServingModel, given: unknown): ReadonlyMap<string, number> | Refusal {
  if (given === undefined) return new Map();
  if (!isRecord(given)) return refuse("params", "type", "an object of numbers by the names of parameters");
  const found = new Map<string, number>();
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const known = params.find((each) => each.name === name);
    if (known === undefined)
      return refuse(
        `params.${name}`,
        "unknown",
        oneOf(
          params.map((each) => each.name),
          "parameter",
        ),
      );
    const { low = -Infinity, high = Infinity } = known.range;
    if (typeof value !== "number" || !(value >= low && value <= high))
      return refuse(
        `params.${name}`,
        typeof value === "number" ? "outside" : "type",
        low === high ? `left out: it is ${low} for good` : `a number in [${low}, ${high}]`,
      );
    found.set(name, value);
  }
  return found;
}
