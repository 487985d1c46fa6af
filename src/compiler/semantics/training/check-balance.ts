import type { LossModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { suggest } from "../../text/index.js";
import { checkArguments } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";

/** Ways to weight losses that the language knows and this version does not have. */
const later = ["uncertainty", "gradnorm", "dwa", "pcgrad", "gradvac", "cagrad", "mgda", "famo", "imtl", "gls", "rlw"];

/** `balance: fixed`. */
export function checkBalance(context: CheckContext, value: ast.Expression): LossModel["balance"] | undefined {
  if (value.kind === "Missing") return undefined;
  const name = value.kind === "NameExpression" ? value.name : value.kind === "Call" ? value.callee : undefined;
  if (name === undefined) {
    context.reporter.report(
      "MTL3002",
      { callee: "loss", parameter: "balance", expected: "`fixed`", found: describeValue(value) },
      value.span,
    );
    return undefined;
  }
  if (name.text === "") return undefined;
  if (name.text !== "fixed") {
    if (later.includes(name.text))
      context.reporter.report(
        "MTL3090",
        { what: `\`balance: ${name.text}\``, instead: "use `fixed` with a weight for each loss: `ctr: 0.5 * bce`" },
        name.span,
      );
    else {
      const suggestion = suggest(name.text, ["fixed"]);
      context.reporter.report(
        "MTL2004",
        { name: name.text, what: "a way to balance losses", known: ["fixed"], suggestion },
        name.span,
        { suggest: { span: name.span, word: suggestion } },
      );
    }
    return undefined;
  }
  const args =
    value.kind === "Call" ? checkArguments(context, { name: "fixed", span: name.span }, [], value.arguments) : {};
  return args === undefined ? undefined : { method: "fixed", arguments: args };
}
