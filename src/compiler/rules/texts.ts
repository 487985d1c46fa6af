/** Parts of rules that several verbs share, in the model and in the canonical text. */
import type { FormulaExpression, RulePriority } from "../model/index.js";
import type { RuleWriter } from "./verb.js";

/** The condition of a rule that may have none, to be spread into its model. */
export function whenField({ when }: { readonly when?: FormulaExpression }): { readonly when?: FormulaExpression } {
  return when === undefined ? {} : { when };
}

export function whenText({ when }: { readonly when?: FormulaExpression }, write: RuleWriter): readonly string[] {
  return when === undefined ? [] : [`when ${write.formula(when)}`];
}

/** Whether places count again on each page, to be spread into a rule's model. */
export function pagesField({ pages }: { readonly pages: "all" | "each" }): { readonly pages?: "each" } {
  return pages === "each" ? { pages } : {};
}

export function pagesText({ pages }: { readonly pages?: "each" }): readonly string[] {
  return pages === undefined ? [] : [`pages: ${pages}`];
}

export function priorityText(priority: RulePriority, write: RuleWriter): string {
  return priority.kind === "soft" ? `soft: ${write.number(priority.priority)}` : `otherwise: ${priority.otherwise}`;
}

export function boundsText(
  { low, high }: { readonly low: number; readonly high: number },
  { number }: RuleWriter,
): string {
  return `[${number(low)}, ${number(high)}]`;
}
