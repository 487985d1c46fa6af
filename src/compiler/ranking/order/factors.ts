import { keyTableOf, keyText } from "../list/key-tables.js";
import { compareCodePoints } from "./order.js";
import type { PlannedNumber, PlannedRule, RankInput, RankPlan } from "../plan.js";

/** Which candidates each rule holds for; undefined while its time window is closed. */
export type RuleMasks = readonly (Uint8Array | undefined)[];

export interface Factors {
  /** Of each set of rules, the clamped product of its boosts; undefined where none is open. */
  readonly boosts: readonly (Float64Array | undefined)[];
  /** Of each rule, what it multiplies a candidate's score by; a boost's own, before the clamp. */
  readonly own: readonly (Float64Array | undefined)[];
  /** 1 for candidates behind all others. */
  readonly last: Uint8Array | undefined;
  /** 1 for candidates that some rule suppresses: no pin and no quota lifts them. */
  readonly suppressed: Uint8Array;
}

/** What boosts, suppressions and pace multiply each candidate by. */
export function inferFactors(plan: RankPlan, input: RankInput, masks: RuleMasks): Factors {
  const count = input.ids.length;
  const suppressed = new Uint8Array(count);
  let last: Uint8Array | undefined;
  const boosts: (Float64Array | undefined)[] = plan.boostBounds.map(() => undefined);
  const own: (Float64Array | undefined)[] = plan.rules.map(() => undefined);
  const factorsOfRule = (rule: PlannedRule, r: number): Float64Array | undefined => {
    const mask = masks[r];
    if (mask === undefined) return undefined;
    switch (rule.verb) {
      case "boost": {
        // A factor that is missing changes nothing.
        const factors = factorsOf(input, rule.by, mask, 1);
        const product = (boosts[rule.set] ??= new Float64Array(count).fill(1));
        for (let i = 0; i < count; i++) product[i] = finiteProduct(product[i]!, factors[i]!);
        return factors;
      }
      case "suppress":
        if (rule.effect.kind === "drop") return undefined;
        if (rule.effect.kind === "last") last ??= new Uint8Array(count);
        for (let i = 0; i < count; i++)
          if (mask[i] === 1) {
            suppressed[i] = 1;
            if (rule.effect.kind === "last") (last as Uint8Array)[i] = 1;
          }
        // One that is missing here fails closed.
        return rule.effect.kind === "factor" ? factorsOf(input, rule.effect.by, mask, 0) : undefined;
      case "pace": {
        const { offsets, numbers, values } = keyTableOf(input, rule.key);
        const multipliers = values.map((value) => input.permits.pace(rule.name, keyText(rule.key, value)));
        const factors = new Float64Array(count).fill(1);
        for (let i = 0; i < count; i++)
          if (mask[i] === 1)
            for (let e = offsets[i]!; e < offsets[i + 1]!; e++) factors[i] = factors[i]! * multipliers[numbers[e]!]!;
        return factors;
      }
      default:
        return undefined;
    }
  };
  for (const { rule, r } of byRuleName(plan)) own[r] = factorsOfRule(rule, r);
  boosts.forEach((product, set) => {
    const [low, high] = plan.boostBounds[set] ?? [1, 1];
    if (product !== undefined) for (let i = 0; i < count; i++) product[i] = Math.min(Math.max(product[i]!, low), high);
  });
  return { boosts, own, last, suppressed };
}

/** Rules by their names: factors multiply in this order, so that the order of the text changes no bit of a score. */
export function byRuleName({ rules }: RankPlan): readonly { readonly rule: PlannedRule; readonly r: number }[] {
  return rules.map((rule, r) => ({ rule, r })).sort((a, b) => compareCodePoints(a.rule.name, b.rule.name));
}

function factorsOf(input: RankInput, by: PlannedNumber, mask: Uint8Array, onMissing: number): Float64Array {
  const values = typeof by === "number" ? undefined : input.number(by.formula);
  return Float64Array.from(mask, (holds, i) => {
    if (holds === 0) return 1;
    const value = typeof by === "number" ? by : (values?.[i] ?? Number.NaN);
    return Number.isFinite(value) ? value : onMissing;
  });
}

/** A product of finite numbers; one beyond the greatest number is that number, so that a boost never takes a score away. */
export function finiteProduct(a: number, b: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(a * b, Number.MAX_VALUE));
}

/** Multiplies the scores, boosts first; −∞ stays what it is. */
export function applyFactors(plan: RankPlan, { boosts, own }: Factors, scores: Float64Array): void {
  const apply = (factors: Float64Array | undefined): void => {
    if (factors === undefined) return;
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i]!;
      if (score !== -Infinity) scores[i] = finiteProduct(score, factors[i]!);
    }
  };
  boosts.forEach(apply);
  for (const verb of ["suppress", "pace"] as const)
    for (const { rule, r } of byRuleName(plan)) if (rule.verb === verb) apply(own[r]);
}
