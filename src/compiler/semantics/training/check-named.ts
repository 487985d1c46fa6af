import type { TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import type { TrainingBuiltin } from "../../builtins/index.js";
import { checkArguments } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";

/** What may be named. */
export interface Table {
  readonly names: readonly string[];
  readonly resolve: (name: string) => TrainingBuiltin | undefined;
}

/** `adam(lr: 1e-3)` or `adam`: a row of a table with its arguments, `otherwise` where it is absent or wrong. */
export function checkNamed(
  context: CheckContext,
  value: ast.Expression | undefined,
  what: string,
  otherwise: string,
  table: Table,
): TrainModel["optimizer"] {
  const name = value?.kind === "Call" ? value.callee : value?.kind === "NameExpression" ? value.name : undefined;
  const fallback = { name: otherwise, arguments: {} };
  if (value !== undefined && value.kind !== "Missing" && name === undefined)
    context.reporter.report(
      "MTL3002",
      {
        callee: "train",
        parameter: what.replace(/^an? /, ""),
        expected: `${what} such as \`${otherwise}\``,
        found: describeValue(value),
      },
      value.span,
      value.kind === "String" && table.names.includes(value.value)
        ? { help: `write it without quotes: \`${value.value}\``, suggest: { span: value.span, word: value.value } }
        : {},
    );
  const wanted = name?.text ?? otherwise;
  const found = table.resolve(wanted);
  if (found === undefined) {
    if (name !== undefined && name.text !== "") {
      const suggestion = suggest(name.text, table.names);
      context.reporter.report("MTL2004", { name: name.text, what, known: table.names, suggestion }, name.span, {
        suggest: { span: name.span, word: suggestion },
      });
    }
    return fallback;
  }
  const span = name?.span ?? { file: "", start: 0, end: 0 };
  const args = checkArguments(
    context,
    { name: wanted, span },
    found.parameters,
    value?.kind === "Call" ? value.arguments : [],
  );
  if (args === undefined) return fallback;
  // What nobody gave and has no default says nothing of the model.
  const told = Object.fromEntries(Object.entries(args).filter(([, each]) => each !== null));
  return { name: wanted, arguments: told };
}
