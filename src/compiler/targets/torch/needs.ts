/** Which named values are needed, and which of them each part of the network has to return. */
import type { GraphFunction, StateVariable, ValueId } from "../../graph/index.js";
import type { Model } from "../../model/index.js";
import { type ForwardView, type ValueName } from "./forward-view.js";
import { isLoss } from "./attributes.js";

export interface Needs {
  /** Named values that the model returns, in their order: what losses and predictions read. */
  readonly fields: readonly ValueId[];
  /** Values that lines of the model make. */
  readonly values: ReadonlySet<ValueId>;
  /** By owner, what its module returns. */
  readonly roots: ReadonlyMap<string, readonly ValueId[]>;
}

/** Owners of variables among the nodes of the network. */
export function ownersOf(model: Model, variables: readonly StateVariable[]): ReadonlySet<string> {
  const kept = variables.filter(({ name }) => !isHeadVariable(model, name));
  return new Set(kept.flatMap(({ name }) => ownerOfVariable(model, name) ?? []));
}

/** The node that a variable is of: `t.income` of `t.income.0.weight`. */
export function ownerOfVariable({ nodes }: Model, variable: string): string | undefined {
  const owners = nodes.map(({ id }) => id).filter((id) => variable.startsWith(`${id}.`));
  return owners.toSorted((a, b) => b.length - a.length)[0];
}

/** Of the linear map before an activation: `income/logit.weight`. */
export function isHeadVariable({ heads }: Model, variable: string): boolean {
  return heads.some(({ name }) => variable.startsWith(`${name}/logit`));
}

/** The owner whose module makes a value; undefined for what lines of the model make. */
function moduleOf(owners: ReadonlySet<string>, name: ValueName | undefined): string | undefined {
  if (name === undefined || name.kind === "head") return undefined;
  const owner = name.id;
  return owners.has(owner) ? owner : undefined;
}

/** `predictions`: values of the function from which predictions are made. */
export function findNeeds(view: ForwardView, owners: ReadonlySet<string>, predictions: readonly ValueId[]): Needs {
  const { fn, nameOf } = view;
  const lossRoots = fn.outputs
    .filter(({ name }) => isLoss(name) || name.startsWith("weight/"))
    .map(({ value }) => value);
  const fields = [...readFrom(fn, [...lossRoots, ...predictions], (id) => nameOf.has(id))].filter((id) =>
    nameOf.has(id),
  );
  const values = new Set<ValueId>();
  const roots = new Map<string, ValueId[]>();
  const queue = [...fields];
  while (queue.length > 0) {
    const id = queue.pop() ?? -1;
    if (values.has(id)) continue;
    values.add(id);
    const owner = moduleOf(owners, nameOf.get(id));
    if (owner !== undefined) roots.set(owner, [...(roots.get(owner) ?? []), id]);
    const stops = (each: ValueId): boolean =>
      each !== id && nameOf.has(each) && (owner === undefined || moduleOf(owners, nameOf.get(each)) !== owner);
    for (const each of readFrom(fn, [id], stops)) if (each !== id && stops(each)) queue.push(each);
  }
  const sorted = new Map([...roots].map(([owner, ids]) => [owner, ids.toSorted((a, b) => a - b)] as const));
  return { fields: fields.toSorted((a, b) => a - b), values, roots: sorted };
}

/** What values are computed from, themselves included, up to where it stops. */
export function readFrom(
  fn: GraphFunction,
  roots: readonly ValueId[],
  stops: (id: ValueId) => boolean,
): ReadonlySet<ValueId> {
  const found = new Set<ValueId>();
  const visit = (id: ValueId): void => {
    if (found.has(id)) return;
    found.add(id);
    if (!stops(id)) for (const input of fn.nodes[id]?.inputs ?? []) visit(input);
  };
  for (const root of roots) visit(root);
  return found;
}
