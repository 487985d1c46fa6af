/** What targets that carry a network ask of a model. */
import { hasTrees, treeHeads } from "../model/index.js";
import type { OpSystem, Program } from "../graph/index.js";
import { functionNamed, opRefusals, type Refusal, type TargetInput, type TargetSubject } from "./target.js";

/** Refusals of a model without a network, and of one whose tasks are trees, which are no ops of a program. */
export function networkRefusals({ model, program }: TargetSubject): readonly Refusal[] {
  if (program === undefined) return [{ what: `the model \`${model.name}\`: it has no network` }];
  if (!hasTrees(model)) return [];
  return treeHeads(model).map(({ head, node }) => ({
    what: `the trees of the task \`${head.name}\``,
    span: node.span,
    instead: "the folder `trees` of the artifact has them for LightGBM",
  }));
}

/** Refusals of a target that says the function `predict` in a system. */
export function predictRefusals(system: OpSystem, subject: TargetSubject): readonly Refusal[] {
  const found = networkRefusals(subject);
  const { program } = subject;
  return found.length > 0 || program === undefined ? found : opRefusals(system, functionNamed(program, "predict"));
}

/** The program of a model that has a network. Throws for another one, which is a target's mistake. */
export function programOf({ model, program }: Pick<TargetInput, "model" | "program">): Program {
  if (program === undefined) throw new Error(`the model ${model.name} has no network`);
  return program;
}
