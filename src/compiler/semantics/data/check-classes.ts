/** `classes(sport, news, estate: "real estate")` and `classes(5)`: the classes of a label. */
import type { LabelClass } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { canonicalText, quote } from "../../text/index.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";

/** Each class is a number that a model computes and an output that it gives. */
const mostClasses = 1000;

/** Two classes or more; undefined when something is wrong, which is then reported. */
export function checkClasses(
  context: CheckContext,
  label: ast.Name,
  { classes = [], span }: ast.LabelType,
): readonly LabelClass[] | undefined {
  const [only] = classes;
  if (classes.length === 1 && only?.name === undefined && only?.value.kind === "Number")
    return countedClasses(context, label, only.value);
  const found: LabelClass[] = [];
  for (const argument of classes) {
    if (argument.value.kind === "Missing") return undefined;
    const each = readClass(context, label, argument);
    if (each === undefined) return undefined;
    const same = found.find(({ name, value }) => name === each.name || value === each.value);
    if (same !== undefined) {
      context.reporter.report("MTL4041", { label: label.text, name: same.name }, argument.span);
      return undefined;
    }
    found.push(each);
  }
  if (found.length >= 2 && found.length <= mostClasses) return found;
  if (!context.incomplete) reportCount(context, label, found.length, span);
  return undefined;
}

function reportCount(context: CheckContext, label: ast.Name, count: number, span: ast.Node["span"]): void {
  context.reporter.report("MTL4040", { label: label.text, found: `${count} of them`, most: mostClasses }, span);
}

/** Numbers from 0. */
function countedClasses(
  context: CheckContext,
  label: ast.Name,
  { value: count, span }: ast.NumberLiteral,
): readonly LabelClass[] | undefined {
  if (Number.isInteger(count) && count >= 2 && count <= mostClasses)
    return Array.from({ length: count }, (_, value) => ({ name: String(value), value }));
  reportCount(context, label, count, span);
  return undefined;
}

function readClass(
  context: CheckContext,
  label: ast.Name,
  { name, value, span }: ast.Argument,
): LabelClass | undefined {
  if (name === undefined && value.kind === "NameExpression")
    return { name: value.name.text, value: canonicalText(value.name.text) };
  if (name !== undefined && value.kind === "String") return { name: name.text, value: canonicalText(value.value) };
  if (name !== undefined && value.kind === "NameExpression")
    return { name: name.text, value: canonicalText(value.name.text) };
  context.reporter.report("MTL4040", { label: label.text, found: describeValue(value), most: mostClasses }, span, {
    help:
      value.kind === "String"
        ? `give it a name: \`${/^[A-Za-z_]\w*$/.test(value.value) ? value.value : `some_name: ${quote(value.value)}`}\``
        : 'a class is a name, or a name with the text that the column has for it: `estate: "real estate"`',
  });
  return undefined;
}
