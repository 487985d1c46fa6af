import type { Program } from "./graph.js";

/** The part of a program that serving needs: the function `predict` and the state that it reads. */
export function predictProgram(program: Program): Program {
  const functions = program.functions.filter(({ name }) => name === "predict");
  const read = new Set(
    functions.flatMap(({ nodes }) => nodes.flatMap((node) => (node.op === "state" ? [node.attributes.name] : []))),
  );
  return { state: program.state.filter(({ name }) => read.has(name)), functions };
}
