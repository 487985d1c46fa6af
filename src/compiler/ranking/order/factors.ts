import { keptFlags, keptNumbers } from "../list/kept.js";
import { keyTableOf, keyText } from "../list/key-tables.js";
import { mapPacked } from "../list/packed.js";
import { compareCodePoints } from "./order.js";
import type { KeyValue, PlannedNumber, PlannedRule, RankInput, RankPlan } from "../plan.js";

/** Which candidates each rule holds for; undefined while its time window is closed. */
export type RuleMasks = readonly (Uint8Array | undefined)[];

export interface Factors {
  /** Of each set of rules, the clamped product of its boosts; undefined where none is open. */
  readonly boosts: readonly (Float64Array | undefined)[];
  /** 1 for candidates behind all others. */
  readonly last: Uint8Array | undefined;
  /** 1 for candidates that some rule suppresses: no pin and no quota lifts them. */
  readonly suppressed: Uint8Array;
}

/** What boosts multiply each candidate by, and whom a rule suppresses. */
export function inferFactors(plan: RankPlan, input: RankInput, masks: RuleMasks): Factors {
  const count = input.ids.length;
  const suppressed = keptFlags(count);
  let last: Uint8Array | undefined;
  const boosts: (Float64Array | undefined)[] = mapPacked(plan.boostBounds, () => undefined);
  for (const { rule, r } of byRuleName(plan)) {
    const mask = masks[r];
    if (mask === undefined) continue;
    if (rule.verb === "boost") multiply((boosts[rule.set] ??= keptNumbers(count).fill(1)), input, rule.by, mask, 1);
    if (rule.verb === "suppress" && rule.effect.kind !== "drop") {
      mark(suppressed, mask);
      if (rule.effect.kind === "last") mark((last ??= keptFlags(count)), mask);
    }
  }
  boosts.forEach((product, set) => {
    const [low, high] = plan.boostBounds[set] ?? [1, 1];
    if (product !== undefined) for (let i = 0; i < count; i++) product[i] = Math.min(Math.max(product[i]!, low), high);
  });
  return { boosts, last, suppressed };
}

function mark(flags: Uint8Array, mask: Uint8Array): void {
  for (let i = 0; i < flags.length; i++) flags[i]! |= mask[i]!;
}

/** By a mask: what {@link multiply} multiplies by. */
const factorWhere = Float64Array.of(1, 1);

/** Multiplies by a rule's factor where it holds; one that is not a finite number counts as `onMissing`. */
function multiply(
  products: Float64Array,
  input: RankInput,
  by: PlannedNumber,
  mask: Uint8Array,
  onMissing: number,
): void {
  if (typeof by === "number") {
    // A product with 1 is the number itself; whether the rule holds no jump could foresee.
    factorWhere[1] = Number.isFinite(by) ? by : onMissing;
    for (let i = 0; i < products.length; i++) {
      const product = products[i]!;
      if (product !== -Infinity) products[i] = finiteProduct(product, factorWhere[mask[i]!]!);
    }
    return;
  }
  const factors = input.passing(by.formula);
  for (let i = 0; i < products.length; i++) {
    if (mask[i] !== 1 || products[i] === -Infinity) continue;
    const factor = factors[i]!;
    products[i] = finiteProduct(products[i]!, Number.isFinite(factor) ? factor : onMissing);
  }
}

/** What one rule multiplies a candidate's score by; a boost's own factor, before the clamp. */
export function ownFactor({ rules }: RankPlan, input: RankInput, masks: RuleMasks, r: number, row: number): number {
  const [rule, mask] = [rules[r], masks[r]];
  if (rule === undefined || mask?.[row] !== 1) return 1;
  switch (rule.verb) {
    case "boost":
      // A factor that is missing changes nothing.
      return factorAt(input, rule.by, row, 1);
    case "suppress":
      // One that is missing here fails closed.
      return rule.effect.kind === "factor" ? factorAt(input, rule.effect.by, row, 0) : 1;
    case "pace":
      return paceFactor(rule, input, row);
    default:
      return 1;
  }
}

function factorAt(input: RankInput, by: PlannedNumber, row: number, onMissing: number): number {
  const value = typeof by === "number" ? by : (input.number(by.formula)[row] ?? Number.NaN);
  return Number.isFinite(value) ? value : onMissing;
}

type Pace = Extract<PlannedRule, { readonly verb: "pace" }>;

function paceFactor(rule: Pace, input: RankInput, row: number): number {
  const { offsets, numbers, values } = keyTableOf(input, rule.key);
  let factor = 1;
  for (let e = offsets[row]!; e < offsets[row + 1]!; e++)
    factor *= input.permits.pace(rule.name, keyText(rule.key, values()[numbers[e]!] as KeyValue));
  return factor;
}

function applyPace(rule: Pace, input: RankInput, mask: Uint8Array, scores: Float64Array): void {
  if (input.permits.isBoundless === true) return;
  const { offsets, numbers, values } = keyTableOf(input, rule.key);
  const multipliers = values().map((value) => input.permits.pace(rule.name, keyText(rule.key, value)));
  for (let i = 0; i < scores.length; i++) {
    if (mask[i] !== 1 || scores[i] === -Infinity) continue;
    let factor = 1;
    for (let e = offsets[i]!; e < offsets[i + 1]!; e++) factor *= multipliers[numbers[e]!]!;
    scores[i] = finiteProduct(scores[i]!, factor);
  }
}

const orders = new WeakMap<RankPlan, readonly { readonly rule: PlannedRule; readonly r: number }[]>();

/** Rules by their names: factors multiply in this order, so that the order of the text changes no bit of a score. */
export function byRuleName(plan: RankPlan): readonly { readonly rule: PlannedRule; readonly r: number }[] {
  const known = orders.get(plan);
  if (known !== undefined) return known;
  const order = plan.rules.map((rule, r) => ({ rule, r })).sort((a, b) => compareCodePoints(a.rule.name, b.rule.name));
  orders.set(plan, order);
  return order;
}

/** A product of finite numbers; one beyond the greatest number is that number, so that a boost never takes a score away. */
export function finiteProduct(a: number, b: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(a * b, Number.MAX_VALUE));
}

/** Multiplies the scores, boosts first; −∞ stays what it is. */
export function applyFactors(
  plan: RankPlan,
  input: RankInput,
  { boosts }: Factors,
  masks: RuleMasks,
  scores: Float64Array,
): void {
  for (const product of boosts)
    if (product !== undefined)
      for (let i = 0; i < scores.length; i++)
        if (scores[i] !== -Infinity) scores[i] = finiteProduct(scores[i]!, product[i]!);
  for (const { rule, r } of byRuleName(plan)) {
    const mask = masks[r];
    if (rule.verb === "suppress" && rule.effect.kind === "factor" && mask !== undefined)
      multiply(scores, input, rule.effect.by, mask, 0);
  }
  for (const { rule, r } of byRuleName(plan)) {
    const mask = masks[r];
    if (rule.verb === "pace" && mask !== undefined) applyPace(rule, input, mask, scores);
  }
}
