/** Calls of functions that XLA compiles. */
import { type NodeGraph, textAttr, type TensorRef } from "./node-graph.js";
import type { FunctionDef } from "./proto.js";

/** The attribute of a function, and of a call, that XLA has to compile. */
export const mustCompile = { _XlaMustCompile: { b: true } };

/** Appends a call of a function in the library; its first output. */
export function callCompiled(
  graph: NodeGraph,
  { name: called, inputArg, outputArg }: FunctionDef["signature"],
  operands: readonly TensorRef[],
  name: string,
): TensorRef {
  return graph.add(
    "StatefulPartitionedCall",
    operands,
    {
      Tin: { list: { type: inputArg.map(({ type }) => type) } },
      Tout: { list: { type: outputArg.map(({ type }) => type) } },
      f: { func: { name: called } },
      config: textAttr(""),
      config_proto: textAttr(""),
      executor_type: textAttr(""),
      ...mustCompile,
    },
    { name },
  );
}
