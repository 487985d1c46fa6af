import {
  formulaText,
  inputText,
  inputTypeText,
  missingText,
  numberText,
  paramText,
  rangeText,
  rankText,
  ruleClauses,
  ruleText,
} from "../describe/index.js";
import {
  countsExposures,
  ruleOrders,
  type CapRule,
  type Model,
  type PaceRule,
  type ServingModel,
} from "../model/index.js";
import type { RuleId } from "./policy.js";
import { facet, plainSubject, type Facet, type Subject } from "./subjects.js";

type Words = "attribute" | "signal" | "param" | "fusion" | "rule" | "rank";

function rules(word: Words): { readonly added: RuleId; readonly removed: RuleId; readonly changed: RuleId } {
  return { added: `${word}.added`, removed: `${word}.removed`, changed: `${word}.changed` };
}

/** What a candidate and a request provide; what follows from heads and features is their own section's. */
export function inputSubjects({ serving }: Model): readonly Subject[] {
  return (serving?.inputs ?? []).flatMap((input): readonly Subject[] => {
    if (input.origin !== "attribute" && input.origin !== "signal" && input.origin !== "request") return [];
    const { added, removed, changed } = rules(input.origin === "signal" ? "signal" : "attribute");
    return [
      {
        kind: input.origin,
        name: input.name,
        text: inputText(input),
        facets: [
          facet("type", changed, inputTypeText(input)),
          facet("missing", changed, missingText(input) || "it stays missing"),
          facet("outside", changed, input.outside),
          ...(input.width === undefined ? [] : [facet("width", changed, numberText(input.width))]),
        ],
        added,
        removed,
      },
    ];
  });
}

export function paramSubjects({ serving }: Model): readonly Subject[] {
  const { added, removed, changed } = rules("param");
  return (serving?.params ?? []).map((param) => ({
    kind: "param",
    name: param.name,
    text: paramText(param),
    facets: [
      facet("value", changed, numberText(param.value)),
      facet("range", changed, rangeText(param.range) || "any number"),
    ],
    added,
    removed,
  }));
}

export function fusionSubjects({ serving }: Model): readonly Subject[] {
  const { added, removed, changed } = rules("fusion");
  return (serving?.fusions ?? []).map(({ name, value, unit }) => ({
    kind: "fusion",
    name,
    text: formulaText(value),
    facets: [
      facet("formula", changed, formulaText(value)),
      ...(unit === undefined ? [] : [facet("unit", changed, unit)]),
    ],
    added,
    removed,
  }));
}

/** Rules by the set that they are in: `home.double11`. */
export function ruleSubjects({ serving }: Model): readonly Subject[] {
  const { added, removed, changed } = rules("rule");
  return (serving?.ruleSets ?? []).flatMap((set) =>
    set.rules.map((rule): Subject => {
      const counts = countsExposures(rule);
      return {
        kind: "rule",
        name: `${set.name}.${rule.name}`,
        text: ruleText(rule, set),
        facets: [
          facet("verb", changed, rule.verb),
          ...ruleClauses(rule, set).map((clause) => clauseFacet(clause, changed)),
          ...(counts ? [facet("counters", "counter.moved", counterText(rule))] : []),
        ],
        added: counts ? "counter.added" : added,
        removed: counts ? "counter.removed" : removed,
      };
    }),
  );
}

/** What the counters of a cap or a pace go by, besides the names of model, set and rule: see docs/flow.md. */
function counterText({ verb, key, per, zone }: CapRule | PaceRule): string {
  return `${verb} of ${key.map(({ name }) => name).join(", ")} per ${per} in ${zone}`;
}

/** Where competing rules are in another order than in `other`: of each competition those that both have. */
export function ruleOrderSubjects({ serving }: Model, other: Model): readonly Subject[] {
  return (serving?.ruleSets ?? []).flatMap((set) => {
    const theirs = other.serving?.ruleSets.find(({ name }) => name === set.name);
    if (theirs === undefined) return [];
    const orders = new Map(ruleOrders(theirs).map(({ what, rules: names }) => [what, names]));
    const facets = ruleOrders(set).flatMap(({ what, rules: names }) => {
      const common = names.filter((name) => orders.get(what)?.includes(name));
      return common.length < 2 ? [] : [facet(`order of ${what}`, "rule.order", common.join(", "))];
    });
    if (facets.length === 0) return [];
    const text = facets.map((each) => `${each.name}: ${each.text}`).join("; ");
    return [{ kind: "rules", name: set.name, text, facets, added: "rule.order", removed: "rule.order" }];
  });
}

/** Counters are kept under the model's name as well, unless a server names another. */
export function counterSubjects(model: Model, other: Model): readonly Subject[] {
  const counts = ({ serving }: Model): boolean =>
    serving?.ruleSets.some(({ rules: all }) => all.some(countsExposures)) === true;
  if (model.name === other.name || !counts(model) || !counts(other)) return [];
  return [plainSubject("model", "counters", "model.counters", `under ${model.name}`)];
}

/** `by 1.5` → by: 1.5; `missing: keep` → missing: keep. */
function clauseFacet(clause: string, changed: RuleId): Facet {
  const [, name = clause, text = ""] = /^(at most|at least|\w+):? (.*)$/.exec(clause) ?? [];
  return facet(name, changed, text);
}

export function rankSubjects({ serving }: Model): readonly Subject[] {
  const { added, removed, changed } = rules("rank");
  return (serving?.ranks ?? []).map((rank) => ({
    kind: "rank",
    name: rank.name,
    text: rankText(rank),
    facets: [
      ...rank.stages.flatMap(({ top, by }, place) => {
        const stage = rank.stages.length === 1 ? "" : ` of stage ${place + 1}`;
        return [facet(`top${stage}`, changed, numberText(top)), facet(`by${stage}`, changed, formulaText(by))];
      }),
      facet("rules", changed, `[${rank.rules.join(", ")}]`, { items: rank.rules }),
      facet("sources", changed, sourcesText(rank.sources)),
      facet(
        "ties",
        changed,
        rank.ties.map(({ by, ascending }) => `${formulaText(by)} ${ascending ? "up" : "down"}`).join(", "),
      ),
    ],
    added,
    removed,
  }));
}

function sourcesText(sources: ServingModel["ranks"][number]["sources"]): string {
  return sources
    .map(({ name, top, by }) =>
      [name, top === undefined ? "all" : `top ${numberText(top)}`, by === undefined ? "" : `by ${formulaText(by)}`]
        .filter((part) => part !== "")
        .join(" "),
    )
    .join(", ");
}

export function experimentSubjects({ serving }: Model): readonly Subject[] {
  const { added, removed, changed } = {
    added: "experiment.added",
    removed: "experiment.removed",
    changed: "experiment.changed",
  } as const;
  return (serving?.experiments ?? []).map(({ name, key, salt, arms }) => {
    const text = arms.map((arm) => `${arm.name} ${numberText(arm.share)} ${JSON.stringify(arm.params)}`).join(", ");
    return {
      kind: "experiment",
      name,
      text: `by ${key}: ${text}`,
      facets: [facet("by", changed, key), facet("salt", changed, salt), facet("arms", changed, text)],
      added,
      removed,
    };
  });
}
