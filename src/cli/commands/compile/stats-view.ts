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
      stepTable(result),
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

/** What each pass over a step that XLA compiles does. */
const stepReasons = {
  stacked: "what many parts compute in the same way is computed at once",
  aligned: "columns of one tensor are cut out at once",
  joined: "a table and its slots are one variable",
  multiplied: "tables are multiplied in the place of their rows",
  merged: "products of one matrix are one product",
} as const;

function functionTable({ name, written, saved, left }: FunctionSavings): string {
  const passes = Object.entries(reasons).map(([pass, reason]): Row => ({
    name: pass,
    saved: saved[pass as keyof typeof reasons],
    reason,
  }));
  return amountTable([name, "written", "left"], [written, left], passes);
}

interface Row {
  readonly name: string;
  readonly saved: OpAmount;
  readonly reason: string;
}

/** Amounts before and after passes, of each of which there is what it saves and why. */
function amountTable(
  [title, before, after]: readonly [string, string, string],
  [first, last]: readonly [OpAmount, OpAmount],
  passes: readonly Row[],
): string {
  const texts = table([
    [title, "ops", "MFLOP"],
    [before, count(first.ops), mflop(first)],
    ...passes.map(({ name, saved }) => [
      name,
      change(saved.ops, count),
      change(saved.flops, (flops) => mflop({ flops })),
    ]),
    [after, count(last.ops), mflop(last)],
  ]);
  return texts
    .split("\n")
    .map((line, at) => {
      const reason = passes[at - 2]?.reason;
      return reason === undefined ? line : `${line}  ${reason}`;
    })
    .join("\n");
}

/** What was saved as what changed. */
function change(saved: number, text: (amount: number) => string): string {
  if (saved === 0) return "0";
  return saved > 0 ? `−${text(saved)}` : `+${text(-saved)}`;
}

/** What the passes make of a step for XLA; those that do nothing are left out. */
function stepTable({ compiled, functions }: Savings): string {
  const train = functions.find(({ name }) => name === "train");
  if (train === undefined || compiled === undefined) return "";
  const passes = Object.entries(stepReasons)
    .map(([pass, reason]): Row => ({ name: pass, saved: compiled.saved[pass as keyof typeof stepReasons], reason }))
    .filter(({ saved }) => saved.ops !== 0 || saved.flops !== 0);
  return passes.length === 0
    ? ""
    : `\n${amountTable(["train for XLA", "as above", "compiled"], [train.left, compiled], passes)}`;
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
  if (compiled.whole) return "XLA compiles train as a whole, and several steps as one loop\n";
  const share = (100 * compiled.flops) / train.left.flops;
  return `XLA compiles ${count(compiled.ops)} of the ${plural(train.left.ops, "op")} of train, ${share.toFixed(1)} % of the operations, in one call\n`;
}

function mflop({ flops }: Pick<OpAmount, "flops">): string {
  const millions = flops / 1e6;
  return millions >= 100 ? count(millions) : millions.toFixed(millions >= 1 ? 1 : 3);
}
