/** Labels and their classes as events and as heads: `category.sport` is an event, `kind.sport` its probability. */
import type { HeadModel, LabelModel } from "./model.js";

/**
 * The labels of a conjunction with all that they imply by `within`, each once: `buy within click` gives buy → click, buy. The
 * model writes a negation as short as it can; what it is true of is the complement of this conjunction.
 */
export function closedLabels(models: readonly LabelModel[], labels: readonly string[]): readonly string[] {
  const within = (label: string): readonly string[] => findEvent(models, label)?.label.within ?? [];
  return [...new Set(labels.flatMap((label) => [...within(label).toReversed(), label]))];
}

/** The name of a class of a label, or of a task that predicts it. */
export function className(owner: string, name: string): string {
  return `${owner}.${name}`;
}

/** The label of an event: itself, or the label whose class it is. No declared name has a dot. */
export function labelOfEvent(event: string): string {
  const dot = event.indexOf(".");
  return dot < 0 ? event : event.slice(0, dot);
}

/** The label of an event with the index of its class; the index is absent where the event is a label itself. */
export function findEvent<T extends Pick<LabelModel, "name" | "classes">>(
  labels: readonly T[],
  event: string,
): { readonly label: T; readonly column: number; readonly index?: number } | undefined {
  const owner = labelOfEvent(event);
  const column = labels.findIndex(({ name }) => name === owner);
  const label = labels[column];
  if (label === undefined) return undefined;
  if (owner === event) return { label, column };
  const index = label.classes?.findIndex(({ name }) => className(owner, name) === event) ?? -1;
  return index < 0 ? undefined : { label, column, index };
}

/** The name of the task whose class a head is; of others their own. */
export function declaredHead(head: string): string {
  return labelOfEvent(head);
}

/** The heads that the spec declares: without the classes of tasks, which follow from them. */
export function declaredHeads(heads: readonly HeadModel[]): readonly DeclaredHead[] {
  return heads.filter((head): head is DeclaredHead => head.keyword !== "class");
}

export type DeclaredHead = HeadModel & { readonly keyword: "task" | "chain" };

/** The heads of which serving has a number: all that are served, a task of classes by its classes. */
export function servedHeads<T extends Pick<HeadModel, "auxiliary" | "type">>(heads: readonly T[]): readonly T[] {
  return heads.filter(({ auxiliary, type }) => !auxiliary && type.kind !== "classes");
}
