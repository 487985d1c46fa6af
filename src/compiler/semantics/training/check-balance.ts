import { balances, resolveBalance } from "../../builtins/index.js";
import type { LossModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";

const known = balances.map(({ name }) => name);

/** `balance: fixed`, `balance: pcgrad(on: representation)`. `heads`: those of which the block has losses. */
export function checkBalance(
  context: CheckContext,
  value: ast.Expression,
  heads: readonly string[],
): LossModel["balance"] | undefined {
  const { reporter } = context;
  if (value.kind === "Missing") return undefined;
  const name = value.kind === "NameExpression" ? value.name : value.kind === "Call" ? value.callee : undefined;
  if (name === undefined) {
    const found = describeValue(value);
    reporter.report(
      "MTL3002",
      { callee: "loss", parameter: "balance", expected: "a way to balance losses such as `fixed`", found },
      value.span,
      value.kind === "String" && known.includes(value.value)
        ? { help: `write it without quotes: \`${value.value}\``, suggest: { span: value.span, word: value.value } }
        : {},
    );
    return undefined;
  }
  if (name.text === "") return undefined;
  const row = resolveBalance(name.text);
  if (row === undefined) {
    const suggestion = suggest(name.text, known);
    reporter.report("MTL2004", { name: name.text, what: "a way to balance losses", known, suggestion }, name.span, {
      suggest: { span: name.span, word: suggestion },
    });
    return undefined;
  }
  const args = checkArguments(
    context,
    { name: row.name, span: name.span },
    row.parameters,
    value.kind === "Call" ? value.arguments : [],
  );
  if (args === undefined) return undefined;
  if (row.form !== "fixed" && heads.length < 2) {
    reporter.report("MTL3080", { balance: row.name, losses: heads.length }, value.span);
    return undefined;
  }
  const problem = row.form === "gradients" ? row.check?.(args, heads) : undefined;
  if (problem !== undefined) {
    reporter.report("MTL3081", { balance: row.name, problem }, value.span);
    return undefined;
  }
  return { method: row.name, arguments: args };
}
