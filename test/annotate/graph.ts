/** A program as text with the part of the spec that each group of its nodes comes from. Pure. */
import {
  printFunction,
  printProgram,
  type GraphFunction,
  type GraphNode,
  type Program,
} from "../../src/compiler/graph/index.js";
import { positionAt, type SourceFile } from "../../src/compiler/text/index.js";
import { excerpt } from "./facts.js";

/**
 * {@link printProgram} without origins, with a note above each run of nodes that have one origin:
 * `//@ t_ctr, line 16: mlp(base, [4])`. What has no origin is the batch and the sum of the losses.
 */
export function annotateGraph(program: Program, sources: ReadonlyMap<string, SourceFile>): string {
  const state = printProgram({ ...program, functions: [] });
  return state + program.functions.map((fn) => annotateFunction(fn, sources)).join("");
}

function annotateFunction(fn: GraphFunction, sources: ReadonlyMap<string, SourceFile>): string {
  const lines = printFunction(fn, { origins: false }).split("\n");
  const [head = "", ...rest] = lines;
  let last: string | undefined;
  return [
    head,
    ...rest.flatMap((line, id) => {
      const node = fn.nodes[id];
      if (node === undefined) return [line];
      const origin = originOf(node, sources);
      const isNew = origin !== last;
      last = origin;
      return isNew ? [`//@ ${origin}`, line] : [line];
    }),
  ].join("\n");
}

function originOf({ label, span }: GraphNode, sources: ReadonlyMap<string, SourceFile>): string {
  const source = span === undefined ? undefined : sources.get(span.file);
  const at =
    source === undefined || span === undefined
      ? ""
      : `, line ${positionAt(source, span.start).line}: ${excerpt(source, span)}`;
  return `${label ?? "the whole model"}${at}`;
}
