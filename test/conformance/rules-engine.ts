import {
  createKeyTable,
  defaultBudget,
  rankCandidates,
  type Relaxed,
  type KeyValue,
  type PlannedRule,
  type RankInput,
  type RankOutcome,
  type RankPlan,
  type ShownItems,
  type Strength,
} from "../../src/compiler/ranking/index.js";
import type { CaseRule, CaseValue, RulesCase } from "./rules-case.js";

/** Runs a case on the ranking engine alone: its plan and columns are made here, without a compiler. */
export function runOnEngine(test: RulesCase): RankOutcome {
  const { plan, input } = planCase(test);
  return rankCandidates(plan, input);
}

export function planCase(test: RulesCase): { readonly plan: RankPlan; readonly input: RankInput } {
  const { candidates } = test;
  const conditions: NonNullable<CaseRule["when"]>[] = [];
  const plan: RankPlan = {
    name: test.name,
    formulas: [],
    sources: [],
    stages: [],
    top: test.top,
    score: 0,
    ties: [],
    rules: test.rules.map((rule) => planned(rule, conditions)),
    boostBounds: [[0.1, 10]],
    budget: defaultBudget,
  };
  const column = (name: string): (CaseValue | undefined)[] => candidates.map((candidate) => candidate[name]);
  const tail = [...(test.tail ?? [])].reverse();
  const shown: ShownItems = {
    count: tail.length,
    values: (name) => tail.map((position) => textsOf(position[name])),
    condition: (formula) => {
      const condition = conditions[formula - 1];
      return Float64Array.from(tail, (position) =>
        condition === undefined ? Number.NaN : truthOf(condition, position[condition[0]]),
      );
    },
  };
  const number = (formula: number): Float64Array => {
    const condition = conditions[formula - 1];
    return Float64Array.from(candidates, (candidate) =>
      condition === undefined ? candidate.score : truthOf(condition, candidate[condition[0]]),
    );
  };
  const input: RankInput = {
    request: "request",
    now: test.now,
    seed: 1,
    ids: candidates.map(({ id }) => id),
    // Formula 0 is the score, the others are the rules' conditions.
    number,
    passing: number,
    key: (name) => createKeyTable(column(name) as (KeyValue | readonly KeyValue[] | undefined)[]),
    tuples: new Map(),
    vectors: (name) => ({
      rows: column(name) as (readonly number[] | undefined)[],
      dimension: 3,
    }),
    offset: tail.length,
    tail: shown,
    shown,
    permits: { held: (rule, key) => test.permits?.[rule]?.[key] ?? Infinity, pace: () => 1 },
  };
  return { plan, input };
}

const textsOf = (value: CaseValue | undefined): readonly KeyValue[] =>
  value === undefined ? [] : typeof value === "object" ? value : [value];

function truthOf([, operator, value]: NonNullable<CaseRule["when"]>, found: CaseValue | undefined): number {
  if (found === undefined) return Number.NaN;
  const holds = {
    "==": found === value,
    "!=": found !== value,
    "<": found < value,
    ">": found > value,
    in: Array.isArray(found) && (found as readonly unknown[]).includes(value),
  }[operator];
  return holds === true ? 1 : 0;
}

function planned(rule: CaseRule, conditions: NonNullable<CaseRule["when"]>[]): PlannedRule {
  const failsClosed = rule.verb === "drop" || rule.verb === "suppress";
  const base = {
    name: rule.name,
    onUnknown: rule.verb === "cap" || (rule.unknown ?? (failsClosed ? "apply" : "keep")) === "apply",
    ...(rule.when === undefined ? {} : { when: conditions.push(rule.when) }),
    ...(rule.during === undefined ? {} : { during: { from: rule.during[0], to: rule.during[1] } }),
  };
  const { by, key = [], most = 0, window = 0, least = 0, top, position = 0, weight = 0 } = rule;
  switch (rule.verb) {
    case "drop":
      return { ...base, verb: rule.verb };
    case "boost":
      return { ...base, verb: rule.verb, by: by as number, set: 0 };
    case "suppress":
      return {
        ...base,
        verb: rule.verb,
        effect: by === "last" || by === "drop" ? { kind: by } : { kind: "factor", by: by as number },
      };
    case "spread":
      return { ...base, verb: rule.verb, key, most, size: window, priority: strengthOf(rule) };
    case "explore":
      return {
        ...base,
        verb: rule.verb,
        least,
        top: top ?? 0,
        draw: { kind: "best" },
        priority: strengthOf(rule),
        eachPage: false,
      };
    case "pin":
      return { ...base, verb: rule.verb, position, eachPage: false };
    case "mmr":
    case "dpp":
      return {
        ...base,
        verb: rule.verb,
        weight,
        similarity: { name: rule.of ?? "", measure: rule.measure ?? "equal" },
        ...(top === undefined ? {} : { top }),
        eachPage: false,
      };
    case "dedupe":
    case "cap":
    case "pace":
      return { ...base, verb: rule.verb, key };
  }
}

function strengthOf({ priority }: CaseRule): Strength {
  if (priority === undefined || "hard" in priority) return { kind: "hard", otherwise: priority?.hard ?? "shorten" };
  return { kind: "soft", priority: priority.soft };
}

/** What was relaxed as the cases write it: sorted, and without what the oracle does not say. */
export function relaxedOf(relaxed: readonly Relaxed[]): readonly unknown[] {
  return relaxed
    .map((each) => (each.kind === "short" ? { kind: each.kind, length: each.length, wanted: each.wanted } : each))
    .map((each) => Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
