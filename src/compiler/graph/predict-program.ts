import type { Program } from "./graph.js";
import { stateOf } from "./reads.js";

/** The part of a program that serving needs: the function `predict` and the state that it reads. */
export function predictProgram(program: Program): Program {
  const functions = program.functions.filter(({ name }) => name === "predict");
  return { state: functions.flatMap((fn) => stateOf(program, fn)), functions };
}
