/** The class of a row: the index of what the column says among the classes of a label. */
import type { LabelClass, LabelModel } from "../../../compiler/model/model.js";
import { evaluateNumber, evaluateText, type RawRow } from "../expressions/expression-evaluate.js";
import { compileFinite, compileText, type ExpressionColumns } from "../expressions/expression-sql.js";
import { textOf, type TextRules, ValueError } from "../expressions/values.js";
import { quoteText } from "../files/sql.js";

type ClassLabel = Pick<LabelModel, "source" | "classes">;

/** Null where the value is. Throws {@link ValueError} for what is not one of the classes. */
export function evaluateClass({ source, classes = [] }: ClassLabel, row: RawRow, rules: TextRules): number | null {
  const value = areCounted(classes) ? evaluateNumber(source, row, rules) : evaluateText(source, row, rules);
  if (value === null) return null;
  const index = classes.findIndex((each) => each.value === value);
  if (index < 0) throw new ValueError(textOf(value), "class", source.kind === "column" ? source.name : undefined);
  return index;
}

/** SQL of the index as an INTEGER, −1 where the value is null; what is not one of the classes is a conversion error. */
export function compileClass({ source, classes = [] }: ClassLabel, columns: ExpressionColumns): string {
  const isCounted = areCounted(classes);
  const value = `(${isCounted ? compileFinite(source, columns) : compileText(source, columns)})`;
  const refused = `CAST(CAST(${value} AS VARCHAR) || ' is not a class' AS INTEGER)`;
  const cases = isCounted
    ? `WHEN ${value} >= 0 AND ${value} < ${classes.length} AND ${value} = floor(${value}) THEN CAST(${value} AS INTEGER)`
    : classes.map((each, index) => `WHEN ${value} = ${quoteText(textOf(each.value))} THEN ${index}`).join(" ");
  return `CASE WHEN ${value} IS NULL THEN -1 ${cases} ELSE ${refused} END`;
}

/** Whether the classes are the numbers from 0. */
function areCounted(classes: readonly LabelClass[]): boolean {
  return typeof classes[0]?.value === "number";
}
