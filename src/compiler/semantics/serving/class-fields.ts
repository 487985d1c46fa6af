/** What a candidate of a test has for a task of classes: `kind: [0.7, 0.2, 0.1]`, a probability for each class. */
import { className, type CandidateValue } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { constantOf } from "../arguments/constants.js";
import { typeOf, type CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { resolveName } from "../names/resolve.js";

type Field = readonly [name: string, value: CandidateValue];

/** Undefined where the field is not of such a task; none where its value is wrong, which is then reported. */
export function classFields(context: CheckContext, { key, value }: ast.Entry): readonly Field[] | undefined {
  const symbol = context.scope.names.get(key.text);
  const type = symbol?.kind === "task" ? typeOf(context, symbol.declaration) : undefined;
  if (type?.kind !== "head" || type.type.kind !== "classes") return undefined;
  resolveName(context, key, { kinds: ["task"], what: "a task" });
  if (value.kind === "Missing") return [];
  const { classes } = type.type;
  const numbers = (value.kind === "List" ? value.items : []).flatMap((item) => {
    const constant = constantOf(item);
    return constant.kind === "value" && constant.value >= 0 && constant.value <= 1 ? [constant.value] : [];
  });
  const isWhole = value.kind === "List" && numbers.length === value.items.length;
  if (isWhole && numbers.length === classes.length)
    return classes.map((each, index) => [className(key.text, each), numbers[index] ?? 0] as const);
  const expected = `a list of ${classes.length} probabilities, one for each class`;
  const found = isWhole ? `a list of ${numbers.length}` : describeValue(value);
  context.reporter.report("MTL3047", { name: key.text, expected, found }, value.span);
  return [];
}
