/** Where sequences go in a network, and where only vectors do. */
import { nodeAt, type NodeRef } from "../../model/index.js";
import type { Span } from "../../text/index.js";
import { showShape } from "../values/types.js";
import type { Network, NetworkContext } from "./network.js";

/** What to do with a sequence where a vector is needed. */
export const sequenceHelp =
  "make it a vector: `pool(x, kind: mean)` of the sequence, or `attend(target, over: x)` over it";

/** Reports a sequence where only a vector can be. */
export function isVector({ context, network }: NetworkContext, node: NodeRef, reader: string, span: Span): boolean {
  const { shape } = nodeAt(network, node);
  if (shape.length === 1) return true;
  const problem = `needs a vector per row, has ${showShape(shape)}`;
  context.reporter.report("MTL3007", { layer: reader, problem }, span, { help: sequenceHelp });
  return false;
}

/** The feature whose positions a node's value has, when it reads these; or why there is none. */
export function sequenceOf(
  network: Network,
  inputs: readonly NodeRef[],
  { shape, replicas }: { readonly shape: readonly number[]; readonly replicas?: number | undefined },
):
  | { readonly kind: "sequence"; readonly sequence?: string }
  | { readonly kind: "problem"; readonly problem: string; readonly help?: string } {
  if (shape.length === 1) return { kind: "sequence" };
  if (replicas !== undefined)
    return {
      kind: "problem",
      problem: "gives a sequence, of which there are no copies: declare it apart from `experts`",
    };
  const names = [...new Set(inputs.flatMap((ref) => nodeAt(network, ref).sequence ?? []))];
  const [sequence] = names;
  if (sequence === undefined) throw new Error("a sequence is of no feature");
  return names.length === 1
    ? { kind: "sequence", sequence }
    : {
        kind: "problem",
        problem: `reads one sequence position by position, has ${names.map((name) => `\`${name}\``).join(" and ")}`,
        help: `columns that belong together are along one of them: \`${names[1] ?? ""}: sequence(along: ${sequence})\``,
      };
}
