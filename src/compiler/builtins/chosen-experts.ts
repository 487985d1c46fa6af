import type { Arguments } from "../model/model.js";
import { numberArgument } from "./arguments.js";

/** What is wrong with a gate that chooses `k` of so many experts; nothing where there are as many. */
export function chosenExpertsProblem(experts: number, args: Arguments): string | undefined {
  const k = numberArgument(args, "k");
  return k > experts ? `chooses at most as many experts as there are, ${experts}; k is ${k}` : undefined;
}
