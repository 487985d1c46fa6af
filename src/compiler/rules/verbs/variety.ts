/** Both rules for variety: they differ in their word and in what weights score against it. */
import type { RuleKey, RuleModel, VarietyRule } from "../../model/index.js";
import { itemKey, optional, requestCount } from "../clauses.js";
import { choice, pages } from "../options.js";
import { pagesText } from "../texts.js";
import type { RuleWriter } from "../verb.js";

export const varietyClauses = { of: itemKey, "in top": optional(requestCount) } as const;

export const varietyOptions = { similarity: choice(["cosine", "dot"], "cosine"), pages } as const;

/** How items are compared: by the measure that the rule states where they are vectors. */
export function similarityOf(
  { name, type }: RuleKey[number],
  { similarity }: { readonly similarity: "cosine" | "dot" },
): VarietyRule["similarity"] {
  return { name, measure: type === "vector" ? similarity : type === "texts" ? "jaccard" : "equal" };
}

/** What a rule says after its name; `weight` is the name of its option. */
export function varietyText(
  rule: Extract<RuleModel, { readonly similarity: unknown }>,
  weight: string,
  write: RuleWriter,
): readonly string[] {
  const { name, measure } = rule.similarity;
  return [
    `of ${name}`,
    ...(rule.top === undefined ? [] : [`in top ${write.count(rule.top)}`]),
    `${weight}: ${write.number(rule.weight)}`,
    // Texts are compared in one way only.
    ...(measure === "cosine" || measure === "dot" ? [`similarity: ${measure}`] : []),
    ...pagesText(rule),
  ];
}
