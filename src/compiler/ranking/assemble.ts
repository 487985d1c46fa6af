import type { RuleMasks } from "./order/factors.js";
import { gatherKeys, keyTableOf, keyText, shownNumbers, shownValues } from "./list/key-tables.js";
import { countFor, positionsBefore, quotaPositions } from "./pages.js";
import type { KeyTable, PlannedRule, RankInput, RankPlan } from "./plan.js";
import type {
  CapConstraint,
  Diversity,
  Relaxed,
  ListProblem,
  PinConstraint,
  QuotaConstraint,
  WindowConstraint,
} from "./list/problem.js";
import { scratchFlags, scratchInts, scratchNumbers } from "./list/scratch.js";

/** Candidates that stayed, in the total order. */
export interface OrderedCandidates {
  readonly order: Int32Array;
  readonly scores: Float64Array;
  readonly last: Uint8Array | undefined;
  readonly suppressed: Uint8Array;
}

/** What the list builder gets: each rule over the candidates by their position in the order. */
export function assembleProblem(
  plan: RankPlan,
  input: RankInput,
  masks: RuleMasks,
  candidates: OrderedCandidates,
): { readonly problem: ListProblem; readonly lostPins: readonly Relaxed[] } {
  const { order, scores, last, suppressed } = candidates;
  const windows: WindowConstraint[] = [];
  const caps: CapConstraint[] = [];
  const quotas: QuotaConstraint[] = [];
  const pins: PinConstraint[] = [];
  const lostPins: Relaxed[] = [];
  let diversity: Diversity | undefined;
  plan.rules.forEach((rule, r) => {
    const mask = masks[r];
    if (mask === undefined) return;
    const { name } = rule;
    const keeps = rule.when === undefined ? undefined : mask;
    switch (rule.verb) {
      case "spread": {
        const table = keyTableOf(input, rule.key);
        const tail = input.tail.count === 0 ? [] : tailOf(rule, input, table);
        const keys = gatherKeys(table, order, keeps);
        const [most, size] = [countFor(rule.most, input), countFor(rule.size, input)];
        windows.push({ name, most, size, keys, tail, strength: rule.priority });
        return;
      }
      case "cap": {
        if (input.permits.isBoundless === true) return;
        const table = keyTableOf(input, rule.key);
        const keys = gatherKeys(table, order, keeps);
        const permits = Float64Array.from(table.values(), (value) =>
          input.permits.held(name, keyText(rule.key, value)),
        );
        if (canOverdraw(keys.values, permits)) caps.push({ name, keys, permits });
        return;
      }
      case "explore": {
        const { least, top } = quotaPositions(rule, input);
        if (least === 0) return;
        quotas.push({
          name,
          members: membersOf(order, mask, suppressed),
          least,
          top,
          strength: rule.priority,
        });
        return;
      }
      case "pin": {
        const position = rule.position - positionsBefore(rule, input);
        if (position < 1) return;
        const candidate = firstToPin(pins, order, mask, suppressed);
        if (candidate < 0) return;
        if (pins.some((pin) => pin.position === position - 1)) lostPins.push({ kind: "pin", rule: name, position });
        else pins.push({ name, candidate, position: position - 1 });
        return;
      }
      case "mmr":
      case "dpp": {
        const top = rule.top === undefined ? plan.top : countFor(rule.top, input) - positionsBefore(rule, input);
        if (top <= 0) return;
        diversity ??= {
          name,
          kind: rule.verb,
          weight: rule.weight,
          relevance: relevanceOf(scores, order),
          similarity: similarityOf(rule.similarity, input, order),
          top,
        };
        return;
      }
      case "dedupe":
      case "drop":
      case "boost":
      case "suppress":
      case "pace":
        return;
    }
  });
  const problem: ListProblem = {
    count: order.length,
    length: plan.top,
    ...(last === undefined ? {} : { last: gatherFlags(order, last) }),
    windows,
    caps,
    quotas,
    pins,
    ...(diversity === undefined ? {} : { diversity }),
    budget: plan.budget,
  };
  return { problem, lostPins };
}

function tailOf(
  { key, when }: Extract<PlannedRule, { readonly verb: "spread" }>,
  { tail }: RankInput,
  table: KeyTable,
): WindowConstraint["tail"] {
  const counts = when === undefined ? undefined : tail.condition(when);
  return shownNumbers(
    table,
    shownValues(tail, key, (item) => counts === undefined || counts[item] === 1),
  );
}

function gatherFlags(order: Int32Array, flags: Uint8Array): Uint8Array {
  const gathered = scratchFlags(order.length);
  for (let at = 0; at < gathered.length; at++) gathered[at] = flags[order[at]!]!;
  return gathered;
}

function membersOf(order: Int32Array, mask: Uint8Array, suppressed: Uint8Array): Uint8Array {
  const members = scratchFlags(order.length);
  for (let at = 0; at < members.length; at++) {
    const row = order[at]!;
    members[at] = mask[row] === 1 && suppressed[row] === 0 ? 1 : 0;
  }
  return members;
}

function isPinned(pins: readonly PinConstraint[], candidate: number): boolean {
  return pins.some((pin) => pin.candidate === candidate);
}

/** The best member that no other pin has, or −1. */
function firstToPin(
  pins: readonly PinConstraint[],
  order: Int32Array,
  mask: Uint8Array,
  suppressed: Uint8Array,
): number {
  for (let at = 0; at < order.length; at++) {
    const row = order[at]!;
    if (mask[row] === 1 && suppressed[row] === 0 && !isPinned(pins, at)) return at;
  }
  return -1;
}

/** Whether some value has more candidates than exposures. */
function canOverdraw(values: Int32Array, permits: Float64Array): boolean {
  const left = permits.slice();
  for (let e = 0; e < values.length; e++) if (--left[values[e]!]! < 0) return true;
  return false;
}

/** Scores as relevances in [0, 1], like the formulas' `minmax`: 0.5 for all when they are alike. */
function relevanceOf(scores: Float64Array, order: Int32Array): Float64Array {
  let [low, high] = [Infinity, -Infinity];
  for (const row of order) {
    const score = scores[row]!;
    if (score === -Infinity) continue;
    low = Math.min(low, score);
    high = Math.max(high, score);
  }
  // Halves keep the difference of the greatest numbers finite.
  const by = high - low === Infinity ? 2 : 1;
  const [least, width] = [low / by, high / by - low / by];
  const relevance = scratchNumbers(order.length);
  for (let at = 0; at < relevance.length; at++) {
    const score = scores[order[at]!]!;
    relevance[at] = score === -Infinity ? 0 : high > low ? (score / by - least) / width : 0.5;
  }
  return relevance;
}

function similarityOf(
  { measure, name }: Extract<PlannedRule, { readonly similarity: unknown }>["similarity"],
  input: RankInput,
  order: Int32Array,
): Diversity["similarity"] {
  if (measure === "equal" || measure === "jaccard") return { kind: "keys", keys: gatherKeys(input.key(name), order) };
  const { rows, dimension } = input.vectors(name);
  const gathered = scratchNumbers(order.length * dimension);
  // In the order of the rows, as they lie in the memory: in the candidates' order each would be waited for.
  const places = scratchInts(rows.length);
  for (let at = 0; at < order.length; at++) places[order[at]!] = at + 1;
  for (let r = 0; r < rows.length; r++) {
    const [place, row] = [places[r]! - 1, rows[r]];
    if (place < 0 || row === undefined) continue;
    let squares = 0;
    for (let d = 0; d < dimension; d++) squares += row[d]! * row[d]!;
    // A candidate without a vector is like no other.
    if (!(squares > 0) || !Number.isFinite(squares)) continue;
    const scale = measure === "dot" ? 1 : 1 / Math.sqrt(squares);
    for (let d = 0, at = place * dimension; d < dimension; d++, at++) gathered[at] = row[d]! * scale;
  }
  return { kind: "vectors", rows: gathered, dimension };
}
