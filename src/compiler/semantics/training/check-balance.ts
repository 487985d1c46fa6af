import { balances, resolveBalance } from "../../builtins/index.js";
import type { LossModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";

const known = balances.map(({ name }) => name);

/** `balance: fixed`, `balance: pcgrad(on: representation)`. `losses`: how many losses of heads the block has. */
export function checkBalance(
  context: CheckContext,
  value: ast.Expression,
  losses: number,
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
  if (row.form !== "fixed" && losses < 2) {
    reporter.report("MTL3080", { balance: row.name, losses }, value.span);
    return undefined;
  }
  return { method: row.name, arguments: args };
}
