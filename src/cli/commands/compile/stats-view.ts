import type { FunctionSavings, OpAmount, Savings } from "../../../compiler/cost/index.js";
import { plural } from "../../../compiler/text/index.js";
import type { View } from "../../command.js";
import { count, table } from "../../views/text.js";

export const savingsView: View<Savings> = {
  document: "compile-stats",
  human: (result) =>
    [
      `${result.model}, a batch of ${plural(result.batch, "row")}\n`,
      ...result.functions.map((fn) => `\n${functionTable(fn)}`),
      `\n${tablesLine(result)}${compiledLine(result)}`,
    ].join(""),
  json: (result) => result,
};

/** What each pass leaves out, and why. */
const reasons = {
  simplified: "changes nothing, or a cheaper op does the same",
  folded: "its result is known",
  shared: "is computed already",
  dropped: "nothing needs it",
} as const;

function functionTable({ name, written, saved, left }: FunctionSavings): string {
  const rows = Object.entries(reasons).map(([pass, reason]) => {
    const amount = saved[pass as keyof typeof reasons];
    return [
      pass,
      amount.ops === 0 ? "0" : `−${count(amount.ops)}`,
      amount.flops === 0 ? "0" : `−${mflop(amount)}`,
      reason,
    ];
  });
  const texts = table(
    [
      [name, "ops", "MFLOP"],
      ["written", count(written.ops), mflop(written)],
      ...rows,
      ["left", count(left.ops), mflop(left)],
    ].map((row) => row.slice(0, 3)),
  );
  return texts
    .split("\n")
    .map((line, at) => {
      const reason = rows[at - 2]?.[3];
      return reason === undefined ? line : `${line}  ${reason}`;
    })
    .join("\n");
}

function tablesLine({ tables: { declared, variables } }: Savings): string {
  return declared === 0
    ? ""
    : `${plural(declared, "table")} of embeddings in ${plural(variables, "variable")}, each looked up and updated at once\n`;
}

function compiledLine({ compiled, functions }: Savings): string {
  const train = functions.find(({ name }) => name === "train");
  if (train === undefined) return "";
  if (compiled === undefined) return "XLA has no product of matrices to compile in train\n";
  if (compiled.whole) {
    const fewer =
      compiled.flops < train.left.flops
        ? `: ${mflop(compiled)} MFLOP a step, tables multiplied in the place of their rows`
        : "";
    return `XLA compiles train as a whole, and several steps as one loop${fewer}\n`;
  }
  const share = (100 * compiled.flops) / train.left.flops;
  return `XLA compiles ${count(compiled.ops)} of the ${plural(train.left.ops, "op")} of train, ${share.toFixed(1)} % of the operations, in one call\n`;
}

function mflop({ flops }: OpAmount): string {
  const millions = flops / 1e6;
  return millions >= 100 ? count(millions) : millions.toFixed(millions >= 1 ? 1 : 3);
}
