import { builtins, type Builtin } from "../../builtins/index.js";

const words: Readonly<Record<Builtin["kind"], string>> = {
  layer: "a layer",
  family: "a family layer",
  gate: "a gate",
  loss: "a loss",
  penalty: "a penalty",
  balance: "a way to balance losses",
};

/** `a layer`, with its article. */
export function describeBuiltin(kind: Builtin["kind"]): string {
  return words[kind];
}

/** What a spec may write in the place of one kind; `feature` is written by only the feature's name. */
export function namesOfBuiltins(kind: Builtin["kind"]): readonly string[] {
  return builtins.filter((builtin) => builtin.kind === kind && builtin.name !== "feature").map(({ name }) => name);
}
