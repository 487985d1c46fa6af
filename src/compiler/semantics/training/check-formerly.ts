import type { TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import type { CheckContext } from "../context.js";
import { describeValue } from "../names/describe.js";
import { networkKinds, type SymbolKind } from "../names/symbols.js";

/** What has weights, and so something to keep under another name. */
const kinds: ReadonlySet<SymbolKind> = new Set<SymbolKind>([...networkKinds, "feature", "task", "chain"]);

/** `formerly: { t: u }` of the `train` block: names that an earlier model knew under others. */
export function checkFormerly(context: CheckContext, value: ast.Expression | undefined): TrainModel["formerly"] {
  if (value === undefined || value.kind === "Missing") return undefined;
  const wrong = (node: ast.Expression, parameter: string): void =>
    context.reporter.report(
      "MTL3002",
      { callee: "train", parameter, expected: "names such as `{ new: old }`", found: describeValue(node) },
      node.span,
    );
  if (value.kind === "NameExpression" && value.name.text === "none") return undefined;
  if (value.kind !== "Record") return void wrong(value, "formerly");
  const known = new Set(value.entries.map(({ key }) => key.text));
  const pairs: { readonly name: string; readonly was: string }[] = [];
  for (const { key, value: written } of value.entries) {
    if (written.kind === "Missing") continue;
    if (written.kind !== "NameExpression") {
      wrong(written, key.text);
      continue;
    }
    const [name, was] = [key.text, written.name.text];
    const problem = problemOf(context, { name, was }, { pairs, known });
    if (problem === undefined) pairs.push({ name, was });
    else
      context.reporter.report(
        "MTL1018",
        { problem },
        problem.startsWith(`\`${name}\` is not`) ? key.span : written.span,
      );
  }
  return pairs.length === 0 ? undefined : pairs;
}

function problemOf(
  { scope }: CheckContext,
  { name, was }: { readonly name: string; readonly was: string },
  others: {
    readonly pairs: readonly { readonly name: string; readonly was: string }[];
    readonly known: ReadonlySet<string>;
  },
): string | undefined {
  const isCarrying = (each: string): boolean => {
    const symbol = scope.names.get(each);
    return symbol !== undefined && kinds.has(symbol.kind);
  };
  if (!isCarrying(name)) return `\`${name}\` is not a feature, a part of the network, a task or a chain`;
  if (name === was) return `\`${was}\` is the name that it has`;
  const twin = others.pairs.find((pair) => pair.was === was || pair.name === name);
  if (twin !== undefined)
    return twin.name === name
      ? `\`${name}\` was called \`${twin.was}\`, and has one former name`
      : `\`${twin.name}\` and \`${name}\` cannot both be what was called \`${was}\``;
  // Two parts may change names with each other.
  return isCarrying(was) && !others.known.has(was)
    ? `\`${was}\` is declared still, so that it did not become \`${name}\``
    : undefined;
}
