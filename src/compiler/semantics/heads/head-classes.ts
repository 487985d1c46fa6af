/** Classes of tasks where a number is read: `kind.sport`. */
import { className, type HeadType } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { Span } from "../../text/index.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";
import { suggestedBy } from "../names/suggestion.js";
import { headKinds } from "../names/symbols.js";
import type { Heads } from "./heads.js";

type ClassesType = Extract<HeadType, { kind: "classes" }>;

/** The name of the head that `kind.sport` is; undefined where it is not one, which is then reported. */
export function resolveClass(context: CheckContext, node: ast.MemberExpression, heads: Heads): string | undefined {
  const { object, member } = node;
  if (object.kind !== "NameExpression") {
    if (object.kind !== "Missing") context.reporter.report("MTL3011", { found: describeValue(node) }, node.span);
    return undefined;
  }
  const symbol = resolveName(context, object.name, { kinds: headKinds, what: "a task of classes" });
  const head = symbol === undefined ? undefined : heads.get(symbol.name);
  if (symbol === undefined || head === undefined || member.text === "") return undefined;
  // What is wrong with the task is reported.
  if (head.type === undefined && symbol.kind !== "signal") return undefined;
  const known = head.type?.kind === "classes" ? head.type.classes : [];
  if (known.includes(member.text)) return className(symbol.name, member.text);
  const { suggestion, details } = suggestedBy(member, known);
  context.reporter.report("MTL4043", { label: symbol.name, name: member.text, known, suggestion }, member.span, {
    ...details,
    labels: [{ span: symbol.at.span, message: "declared here" }],
  });
  return undefined;
}

/** A task of classes is read as if it were one number. */
export function reportClasses({ reporter }: CheckContext, name: string, { classes }: ClassesType, span: Span): void {
  reporter.report("MTL4045", { head: name }, span, {
    help: `name the class that is meant: \`${className(name, classes[0] ?? "")}\``,
  });
}
