import { optimizers, resolveOptimizer } from "../../builtins/index.js";
import type { PartOptimizer, TrainModel } from "../../model/index.js";
import type * as ast from "../../syntax/index.js";
import { compareText } from "../../text/index.js";
import { parameterGroups, readArgument } from "../arguments/arguments.js";
import type { CheckContext } from "../context.js";
import { checkNamed } from "./check-named.js";

const table = { names: optimizers.map(({ name }) => name), resolve: resolveOptimizer };

/** `adam(lr: 1e-3)`, or one for each part: `{ embeddings: adagrad(lr: 0.05), all: adam }`. */
export function checkOptimizers(
  context: CheckContext,
  value: ast.Expression | undefined,
): Pick<TrainModel, "optimizer" | "optimizers"> {
  const check = (each: ast.Expression | undefined): TrainModel["optimizer"] =>
    checkNamed(context, each, "an optimizer", "adam", table);
  if (value?.kind !== "Record") return { optimizer: check(value) };
  const seen = new Map<string, ast.Entry>();
  const parts: PartOptimizer[] = [];
  for (const entry of value.entries) {
    const { key } = entry;
    const first = seen.get(key.text);
    if (first !== undefined) {
      context.reporter.report("MTL2008", { key: key.text, block: "optimizer" }, key.span, {
        labels: [{ span: first.key.span, message: "the first one" }],
      });
      continue;
    }
    seen.set(key.text, entry);
    const { scope } = context;
    const isNamed = scope.names.has(key.text);
    if (key.text === "all" && !isNamed) continue;
    const reference = { kind: "NameExpression", name: key, span: key.span } as const;
    const type = { kind: "reference", to: "parameters" } as const;
    const part = readArgument(context, { name: "optimizer", span: key.span }, { name: key.text, type }, reference);
    const checked = check(entry.value);
    const isGroup = !isNamed && (parameterGroups as readonly string[]).includes(key.text);
    if (typeof part === "string") parts.push({ part, of: isGroup ? "group" : "part", ...checked });
  }
  const optimizer = check(context.scope.names.has("all") ? undefined : seen.get("all")?.value);
  if (parts.length === 0) return { optimizer };
  return { optimizer, optimizers: parts.sort((a, b) => compareText(a.part, b.part)) };
}
