import type { FunctionSavings, OpAmount, Savings } from "../../../compiler/cost/index.js";
import { plural } from "../../../compiler/text/index.js";
import type { View } from "../../command.js";
import { bytes, count, table } from "../../views/text.js";

export const savingsView: View<Savings> = {
  document: "compile-stats",
  human: (result) =>
    [
      `${result.model}, a batch of ${plural(result.batch, "row")}\n`,
      ...result.functions.map((fn) => `\n${functionTable(fn)}`),
      stepTable(result, "fused", "planned"),
      stepTable(result, "compiled", "compiled"),
      `\n${tablesLine(result)}${fusedLine(result)}${compiledLine(result)}`,
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

/** What each pass over a step of an engine does. */
const stepReasons = {
  stacked: "what many parts compute in the same way is computed at once",
  aligned: "columns of one tensor are cut out at once",
  joined: "a table and its slots are one variable",
  multiplied: "tables are multiplied in the place of their rows",
  merged: "products of one matrix are one product",
  narrowed: "nobody reads some columns of a product",
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

/** What the passes make of a step for an engine; those that do nothing are left out. */
function stepTable(result: Savings, engine: "fused" | "compiled", last: string): string {
  const train = result.functions.find(({ name }) => name === "train");
  const step = result[engine];
  if (train === undefined || step === undefined) return "";
  const saved: Readonly<Partial<Record<string, OpAmount>>> = step.saved;
  const passes = Object.entries(stepReasons).flatMap(([pass, reason]): readonly Row[] => {
    const own = saved[pass];
    return own === undefined || (own.ops === 0 && own.flops === 0) ? [] : [{ name: pass, saved: own, reason }];
  });
  const title = engine === "fused" ? "train on fused" : "train on native";
  return passes.length === 0 ? "" : `\n${amountTable([title, "as above", last], [train.left, step], passes)}`;
}

function tablesLine({ tables: { declared, variables } }: Savings): string {
  return declared === 0
    ? ""
    : `${plural(declared, "table")} of embeddings in ${plural(variables, "variable")}, each looked up and updated at once\n`;
}

function fusedLine({ fused, functions }: Savings): string {
  if (!functions.some(({ name }) => name === "train")) return "";
  if (fused === undefined) return "fused does not run train, which another engine does\n";
  const { phases, loops, instructions, localBytes, sumBytes, sharedBytes } = fused;
  const memory = `${bytes(localBytes)} a thread for rows at hand and ${bytes(sumBytes)} for sums, ${bytes(sharedBytes)} that loops share`;
  return `fused runs train as ${plural(instructions, "instruction")} in ${plural(loops, "loop")} of ${plural(phases, "phase")}: ${memory}\n`;
}

function compiledLine({ compiled, functions }: Savings): string {
  const train = functions.find(({ name }) => name === "train");
  if (train === undefined) return "";
  if (compiled === undefined) return "native: XLA has no product of matrices to compile in train\n";
  if (compiled.whole) return "native: XLA compiles train as a whole, and several steps as one loop\n";
  const share = (100 * compiled.flops) / train.left.flops;
  return `native: XLA compiles ${count(compiled.ops)} of the ${plural(train.left.ops, "op")} of train, ${share.toFixed(1)} % of the operations, in one call\n`;
}

function mflop({ flops }: Pick<OpAmount, "flops">): string {
  const millions = flops / 1e6;
  return millions >= 100 ? count(millions) : millions.toFixed(millions >= 1 ? 1 : 3);
}
