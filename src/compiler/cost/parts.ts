/** A network's parts: what a spec declares and what a cost, a diff or a picture is said of. */
import { reachableNodes } from "../lower/index.js";
import { declaredHeads, type HeadModel, headsIn, memberId, type Model, type NetNode } from "../model/index.js";

export interface Part {
  /** `pool`, `b.income`, `user_id`, `ctr`. */
  readonly name: string;
  /** The keyword that declares it; `feature` is the feature's own embedding. */
  readonly kind: "feature" | NonNullable<NetNode["declared"]>["keyword"] | "task" | "chain" | "loss";
}

/** In the order in which the network is computed, heads last. Parts without a number of their own are there as well. */
export function partsOf(model: Model): readonly Part[] {
  const parts = new Map<string, Part>();
  const add = (part: Part): void => {
    if (!parts.has(part.name)) parts.set(part.name, part);
  };
  // An inner node comes before the outermost one of its declaration, or is of all members of a family.
  const declared = new Map(
    model.nodes.flatMap(({ id, declared: by }) =>
      by === undefined ? [] : ([id, by.name] as const).map((name) => [name, by.keyword] as const),
    ),
  );
  const tasks = new Set(model.heads.map(({ name }) => name));
  for (const node of model.nodes) {
    const name = partOfId(node.id);
    const kind = declared.get(name) ?? (node.layer === "feature" ? "feature" : tasks.has(name) ? undefined : "loss");
    if (kind !== undefined) add({ name, kind });
  }
  for (const { name, keyword } of declaredHeads(model.heads)) add({ name, kind: keyword });
  return [...parts.values()];
}

/** The part that a node or a logit belongs to: `ctr` of `ctr/logit`. */
export function partOfId(id: string): string {
  return id.split("/")[0] ?? id;
}

/** The part that a tensor belongs to: `b.income` of `b.income.0.weight`, the longest name that fits. */
export function partOfTensor(tensor: string, isPart: (name: string) => boolean): string {
  const owner = partOfId(tensor);
  for (let end = owner.length; end > 0; end = owner.lastIndexOf(".", end - 1)) {
    const name = owner.slice(0, end);
    if (isPart(name)) return name;
  }
  return owner;
}

/** For each task the parts that it is computed from, its own included: with what is only for training, without penalties. */
export function partsOfTasks(model: Model): ReadonlyMap<string, ReadonlySet<string>> {
  const plain = { ...model, loss: { ...model.loss, penalties: [] } };
  const tasks = model.heads.filter(({ keyword }) => keyword === "task");
  return new Map(
    tasks.map((task) => {
      const heads = headsBehind(model, task);
      const nodes = reachableNodes(plain, heads, "recorded").flatMap(({ id, members = [] }) =>
        // Members that meet are computed from one another.
        [id, ...members.map((member) => memberId(id, member))].map(partOfId),
      );
      return [task.name, new Set([...nodes, ...heads.map(({ name }) => name)])];
    }),
  );
}

/** A head with those that it is computed from. */
function headsBehind(model: Model, head: HeadModel): readonly HeadModel[] {
  const found = new Set([head]);
  for (const each of found)
    for (const name of headsIn(each.value)) {
      const other = model.heads.find((candidate) => candidate.name === name);
      if (other !== undefined) found.add(other);
    }
  return [...found];
}
