/**
 * Values that are computed in the same way of other values, as one value with an axis more. Sixty-four tasks with a gate, a tower and a loss each are
 * then as many ops as one task, so that a step takes as long to compile as that of a small model, and its products are few large ones. Sums over all
 * of them are one sum, and sums of products one product. Numbers are the same but for the order of sums.
 */
import type { GraphFunction, GraphNode, ValueId } from "../graph.js";
import { AppendedNodes } from "./append-nodes.js";
import { equalForms, type EqualForms, type EqualValues, nodeOf } from "./equal-values.js";
import { type Readers, readersIn, readersOf } from "./readers.js";
import { type StackedInput, stackedOp, summedProduct } from "./stacked-op.js";

/** Values of one form, at least: of fewer, what is cut and joined costs as much as it saves. */
export const leastMembers = 8;

/** The same function with values of one form stacked, `fn` itself where there are none. All sizes must be known. */
export function stackEqual(fn: GraphFunction, least = leastMembers): GraphFunction {
  const forms = equalForms(fn, least);
  return forms.groups.length === 0 ? fn : new Stacking(fn, forms, least).write();
}

class Stacking {
  readonly #b: AppendedNodes;
  readonly #readers: Readers;
  readonly #stacks = new Map<EqualValues, ValueId>();
  readonly #packs = new Map<string, ValueId>();

  constructor(
    readonly fn: GraphFunction,
    readonly forms: EqualForms,
    readonly least: number,
  ) {
    this.#b = new AppendedNodes(fn);
    this.#readers = readersOf(fn);
  }

  write(): GraphFunction {
    for (const group of this.forms.groups)
      this.#stacks.set(
        group,
        this.#like(group, () => this.#stack(group)),
      );
    for (const [id, { of, at }] of this.forms.places)
      this.#b.replace(
        id,
        this.#like(of, () => this.#cut(of, at)),
      );
    this.fn.nodes.forEach((_, id) => {
      this.#join(id);
    });
    for (const root of sumsOf(this.fn, this.#readers, this.forms)) this.#sum(root);
    return this.#b.finish();
  }

  /** Ops of a group have the label of its first value. */
  #like<T>({ members }: EqualValues, body: () => T): T {
    const first = nodeOf(this.fn, Math.min(...members));
    return this.#b.like(first.label, first, body);
  }

  /** [n, …shape] of a group, behind those of the groups that it reads. */
  #stack({ members }: EqualValues): ValueId {
    const first = nodeOf(this.fn, members[0] ?? -1);
    const strided = this.#columns(members);
    if (strided !== undefined) return strided;
    const inputs = first.inputs.map((_, input) => this.#read(members.map((id) => this.#inputOf(id, input))));
    // Slices of one form may begin at different places, and values may read all the same.
    const isOne =
      inputs.some(({ isStacked }) => isStacked) &&
      (first.op !== "slice" || members.every((id) => beginOf(nodeOf(this.fn, id)) === first.attributes.begin));
    return isOne ? stackedOp(this.#b, first, inputs, members.length) : this.#pack(members.map((id) => this.#copy(id)));
  }

  /** A value of a group computed by itself. */
  #copy(id: ValueId): ValueId {
    const { op, inputs, attributes } = nodeOf(this.fn, id);
    return this.#b.apply(op, inputs, attributes as never);
  }

  #inputOf(id: ValueId, input: number): ValueId {
    return nodeOf(this.fn, id).inputs[input] ?? -1;
  }

  /** Slices of one tensor that follow one another, such as labels of tasks: the tensor with an axis more. */
  #columns(members: readonly ValueId[]): ValueId | undefined {
    const b = this.#b;
    const slices = members.map((id) => nodeOf(this.fn, id));
    const [first] = slices;
    if (first?.op !== "slice") return undefined;
    const { axis, begin, size } = first.attributes;
    const [of = -1] = first.inputs;
    const follow = slices.every(
      (each, at) => each.op === "slice" && each.inputs[0] === of && each.attributes.begin === begin + at * size,
    );
    if (!follow) return undefined;
    const count = members.length;
    const all = b.slice(of, { axis, begin, size: count * size });
    const shape = first.type.shape;
    const split = b.reshape(all, [...shape.slice(0, axis), count, ...shape.slice(axis)]);
    const others = Array.from({ length: shape.length + 1 }, (_, each) => each).filter((each) => each !== axis);
    return axis === 0 ? split : b.transpose(split, [axis, ...others]);
  }

  /** Values, of each member of a group one: the same, of one stack, or put behind one another. */
  #read(values: readonly ValueId[]): StackedInput {
    const [first = -1] = values;
    if (values.every((value) => value === first)) return { value: first, isStacked: false };
    const places = values.map((value) => this.forms.places.get(value));
    const of = places[0]?.of;
    const stack = of === undefined ? undefined : this.#stacks.get(of);
    if (of === undefined || stack === undefined || places.some((place) => place?.of !== of))
      return { value: this.#pack(values), isStacked: true };
    return {
      value: this.#pick(
        stack,
        of.members.length,
        places.map((place) => place?.at ?? -1),
      ),
      isStacked: true,
    };
  }

  /** Members of a stack by their places. */
  #pick(stack: ValueId, count: number, places: readonly number[]): ValueId {
    const b = this.#b;
    const [begin = 0] = places;
    const follow = places.every((place, at) => place === begin + at);
    if (follow && places.length === count) return stack;
    return this.#moved(stack, (numbers) =>
      follow
        ? b.slice(numbers, { axis: 0, begin, size: places.length })
        : b.gather(numbers, b.constant({ dtype: "int32", shape: [places.length] }, places)),
    );
  }

  /** Booleans are moved as numbers: ops that cut and join take no others. */
  #moved(value: ValueId, move: (numbers: ValueId) => ValueId): ValueId {
    const b = this.#b;
    if (b.type(value).dtype !== "bool") return move(value);
    return b.less(b.scalar(0), move(b.cast(value, "float32")));
  }

  /** [n, …shape] of values that are each computed by itself. */
  #pack(values: readonly ValueId[]): ValueId {
    const key = values.join();
    const known = this.#packs.get(key);
    if (known !== undefined) return known;
    const b = this.#b;
    const isBoolean = b.type(values[0] ?? -1).dtype === "bool";
    const rows = values.map((value) => b.reshape(isBoolean ? b.cast(value, "float32") : value, [1, ...b.shape(value)]));
    const made = isBoolean ? b.less(b.scalar(0), b.concat(rows, 0)) : b.concat(rows, 0);
    this.#packs.set(key, made);
    return made;
  }

  #cut(group: EqualValues, at: number): ValueId {
    const b = this.#b;
    const stack = this.#stacks.get(group) ?? -1;
    const [, ...shape] = b.shape(stack);
    return this.#moved(stack, (numbers) => b.reshape(b.slice(numbers, { axis: 0, begin: at, size: 1 }), shape));
  }

  /** All values of a group behind one another, in their order: the stack without its axis. */
  #join(id: ValueId): void {
    const { fn, forms } = this;
    const node = nodeOf(fn, id);
    if (node.op !== "concat" || forms.places.has(id)) return;
    const group = forms.places.get(node.inputs[0] ?? -1)?.of;
    const isAll =
      group?.members.length === node.inputs.length && group.members.every((member, at) => member === node.inputs[at]);
    if (group === undefined || !isAll) return;
    const b = this.#b;
    const { axis } = node.attributes;
    const made = b.like(node.label, node, () => {
      const stack = this.#stacks.get(group) ?? -1;
      const others = node.type.shape.map((_, at) => at + 1);
      const moved = axis === 0 ? stack : b.transpose(stack, [...others.slice(0, axis), 0, ...others.slice(axis)]);
      return b.reshape(moved, node.type.shape);
    });
    b.replace(id, made);
  }

  /** A sum of many values, as few sums: one over each stack, and what is in none. */
  #sum({ root, terms }: Sum): void {
    const b = this.#b;
    const byGroup = new Map<EqualValues, ValueId[]>();
    const rest: ValueId[] = [];
    for (const term of terms) {
      const group = this.forms.places.get(term)?.of;
      if (group === undefined) rest.push(term);
      else byGroup.set(group, [...(byGroup.get(group) ?? []), term]);
    }
    if ([...byGroup.values()].every((own) => own.length < this.least)) return;
    const node = nodeOf(this.fn, root);
    const made = b.like(node.label, node, () => {
      const sums = [...byGroup].flatMap(([group, own]) =>
        own.length < this.least ? own : [this.#sumOver(group, own)],
      );
      return [...sums, ...rest].reduce((sum, each) => b.add(sum, each));
    });
    b.replace(root, made);
  }

  /** Σ over members of a group; of products that nobody else reads the products are not made. */
  #sumOver(group: EqualValues, own: readonly ValueId[]): ValueId {
    const b = this.#b;
    const members = group.members.filter((id) => own.includes(id));
    const node = nodeOf(this.fn, members[0] ?? -1);
    const isOnlySummed = members.every((id) => readersIn(this.#readers, id).length === 1);
    if (node.op === "matmul" && isOnlySummed) {
      const [left, right] = [0, 1].map((input) => this.#read(members.map((id) => this.#inputOf(id, input))));
      if (left?.isStacked === true && right?.isStacked === true) return summedProduct(b, node, left.value, right.value);
    }
    const places = members.map((id) => this.forms.places.get(id)?.at ?? -1);
    const stack = this.#pick(this.#stacks.get(group) ?? -1, group.members.length, places);
    return b.sum(stack, { axes: [0] });
  }
}

function beginOf(node: GraphNode): number | undefined {
  return node.op === "slice" ? node.attributes.begin : undefined;
}

/** A value that is the sum of others by a chain of additions that nobody else reads. */
interface Sum {
  readonly root: ValueId;
  /** Of its type, in the order in which they are added; each once. */
  readonly terms: readonly ValueId[];
}

function sumsOf(fn: GraphFunction, readers: Readers, { places }: EqualForms): readonly Sum[] {
  const isLink = (id: ValueId): boolean => {
    const [only, ...others] = readersIn(readers, id);
    return isAddition(fn, id) && others.length === 0 && only !== undefined && isAddition(fn, only.id);
  };
  return fn.nodes.flatMap((_, root) => {
    if (!isAddition(fn, root) || isLink(root) || places.has(root)) return [];
    const terms: ValueId[] = [];
    const open = [root];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (id === root || (isLink(id) && !places.has(id))) open.push(...nodeOf(fn, id).inputs.toReversed());
      else terms.push(id);
    }
    return new Set(terms).size === terms.length ? [{ root, terms }] : [];
  });
}

/** Whether both inputs have the type of the sum. */
function isAddition(fn: GraphFunction, id: ValueId): boolean {
  const node = fn.nodes[id];
  const type = (each: ValueId): string => JSON.stringify(nodeOf(fn, each).type);
  return node?.op === "add" && node.inputs.every((input) => type(input) === type(id));
}
