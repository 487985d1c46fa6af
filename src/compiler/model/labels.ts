import type { LabelModel } from "./model.js";

/**
 * The labels of a conjunction with all that they imply by `within`, each once: `buy within click` gives buy → click, buy. The
 * model writes a negation as short as it can; what it is true of is the complement of this conjunction.
 */
export function closedLabels(models: readonly LabelModel[], labels: readonly string[]): readonly string[] {
  const within = (label: string): readonly string[] => models.find(({ name }) => name === label)?.within ?? [];
  return [...new Set(labels.flatMap((label) => [...within(label).toReversed(), label]))];
}
