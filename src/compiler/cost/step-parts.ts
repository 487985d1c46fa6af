/**
 * What the nodes of a training step are there for: the label that lowering gives a node, read as a part of the spec and as what the
 * step does with it.
 */
import type { Program } from "../graph/index.js";
import type { Model } from "../model/index.js";
import { type Part, partOfTensor, partsOf } from "./parts.js";

/** `forward`: up to the losses; `gradient`: back from them; `update`: by the optimizer. */
export type StepPhase = "forward" | "gradient" | "update";

export interface StepPart {
  /** As {@link Part.name}; of a table that several features share, the name of its variable; of what is of no part, empty. */
  readonly name: string;
  /**
   * `table`: rows of embeddings are looked up, summed and updated. `penalty`: one of the `loss` block, by its name. `balance`: how the
   * losses are mixed. `step`: of the step as a whole, such as learning rate and total loss.
   */
  readonly kind: Part["kind"] | "table" | "penalty" | "balance" | "step";
  readonly phase: StepPhase;
}

/** Reads the labels of a program's training function; a label that is absent is of the step. */
export function stepParts(model: Model, { state }: Pick<Program, "state">): (label: string | undefined) => StepPart {
  const kinds = new Map(partsOf(model).map(({ name, kind }) => [name, kind]));
  const tables = state
    .filter(({ role, pieces }) => role === "parameter" && pieces.every(({ name }) => name.endsWith(".embedding")))
    .map(({ name }) => name);
  const ownerOf = (of: string): Omit<StepPart, "phase"> => {
    const table = tables.find((name) => `/${of}/`.includes(`/${name}/`));
    if (table !== undefined) return { name: table, kind: "table" };
    const [, penalty] = /^penalty\/(.+)$/.exec(of) ?? [];
    if (penalty !== undefined) return { name: penalty, kind: "penalty" };
    if (/^balance\b/.test(of) && !kinds.has("balance")) return { name: "", kind: "balance" };
    const name = partOfTensor(of, (each) => kinds.has(each));
    const kind = kinds.get(name);
    return kind === undefined ? { name: "", kind: "step" } : { name, kind };
  };
  return (label = "") => {
    const { phase, of } = phaseOf(label);
    return { ...ownerOf(of.replace(/^loss\//, "")), phase };
  };
}

function phaseOf(label: string): { readonly phase: StepPhase; readonly of: string } {
  for (const phase of ["gradient", "update"] as const) {
    if (label === phase) return { phase, of: "" };
    if (label.startsWith(`${phase}/`)) return { phase, of: label.slice(phase.length + 1) };
  }
  return { phase: "forward", of: label };
}
