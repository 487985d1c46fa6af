/** Code that differs between training and serving: what both begin with is written once. */
import { type Statement, statementLines } from "./body.js";
import { beforeItems, type Expr, print } from "./python.js";

export interface Branch {
  readonly statements: readonly Statement[];
  /** Lines after the statements. */
  readonly effects: readonly Expr[];
  readonly results: readonly Expr[];
}

/** Without `served` the code is that of both. */
export function branches(training: Branch, served: Branch | undefined, indent: number): readonly string[] {
  if (served === undefined) return plain(training, indent);
  const [ours, theirs] = [training, served].map((branch) =>
    branch.statements.map((each) => statementLines([each], 0).join("\n")),
  );
  const end = ours?.findIndex((text, index) => text !== theirs?.[index]) ?? 0;
  const common = end < 0 ? training.statements.length : end;
  const rest = (branch: Branch): Branch => ({ ...branch, statements: branch.statements.slice(common) });
  const space = " ".repeat(indent);
  return [
    ...statementLines(training.statements.slice(0, common), indent),
    `${space}if self.training:`,
    ...plain(rest(training), indent + 4),
    ...plain(rest(served), indent),
  ];
}

function plain({ statements, effects, results }: Branch, indent: number): readonly string[] {
  return [
    ...statementLines(statements, indent),
    ...(effects.length === 0 ? [] : [`${" ".repeat(indent)}with torch.no_grad():`]),
    ...effects.flatMap((effect) => print("", effect, indent + 4)),
    ...returned(results, indent),
  ];
}

export function returned(results: readonly Expr[], indent: number): readonly string[] {
  const [first] = results;
  if (results.length === 1 && first !== undefined) return print("return ", first, indent);
  const text = results.map((result) => result.text).join(", ");
  const last = results.at(-1)?.brackets;
  const brackets = last === undefined ? {} : { brackets: { ...last, open: beforeItems(text, last) } };
  return print("return ", { text, level: 0, ...brackets }, indent);
}
