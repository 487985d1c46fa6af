/**
 * Which loop computes each value. A loop goes over rows of one number, its domain; a value that needs of another only the same rows is computed in
 * the same loop, anything else waits until all threads have met: the phase after.
 */
import type { GraphFunction, GraphNode, Update, ValueId } from "../../graph/graph.js";
import { liveValues } from "../../graph/passes/eliminate-dead-code.js";
import { joinColumns } from "./columns.js";
import { listsOf } from "./lists.js";
import { sizeOfShape, stridesOf } from "../../graph/tensor.js";
import { omitUndefined } from "../../text/index.js";
import { moveLate } from "./late.js";
import {
  type Domain,
  isSameDomain,
  keyOf,
  type Layout,
  type LoopPlace,
  type Packed,
  type Placed,
  type PlacedUpdate,
  type Schedule,
  shapeOf,
  type Use,
  usesOf,
} from "./placed.js";
import { isPacked, reshapeStrides, stretchStrides, type Strides, Unsupported } from "./views.js";

/** The function must have known sizes. `batch`: what most loops go over. */
export function scheduleOf(fn: GraphFunction, batch: number, layout: Layout): Schedule {
  return new Scheduler(fn, batch, layout).run();
}

/** Elements that a loop over one row takes for the sake of a phase less. */
const mostAtOnce = 256;

/** Elements of a sum by segment at most, of which each thread has its own; of more, each thread adds up some of the segments. */
const mostBySegment = 1 << 16;

const viewing: ReadonlySet<string> = new Set(["reshape", "transpose", "broadcast", "slice", "stopGradient", "cast"]);

/** What is written into lists of its own. */
const listing: ReadonlySet<string> = new Set(["unique", "uniqueIndex"]);

class Scheduler {
  readonly #values = new Map<ValueId, Placed>();
  readonly #packs = new Map<ValueId, Packed>();
  readonly #live: ReadonlySet<ValueId>;
  /** Of the values whose rows are those of a list of distinct ids: the ids. */
  readonly #lists: ReadonlyMap<ValueId, ValueId>;

  constructor(
    readonly fn: GraphFunction,
    readonly batch: number,
    readonly layout: Layout,
  ) {
    this.#live = liveValues(fn);
    this.#lists = listsOf(fn);
  }

  run(): Schedule {
    this.fn.nodes.forEach((node, id) => {
      if (this.#live.has(id)) this.#values.set(id, this.#place(node, id));
    });
    moveLate(this.fn, this.#values, this.#packs);
    joinColumns(this.fn, this.#values);
    const updates = this.#placeUpdates();
    this.#markGlobal(updates);
    return { fn: this.fn, live: this.#live, values: this.#values, updates, packs: this.#packs };
  }

  #value(id: ValueId | undefined): Placed {
    const value = this.#values.get(id ?? -1);
    if (value === undefined) throw new Error(`the value ${id} is read before it is placed`);
    return value;
  }

  #node(id: ValueId): GraphNode {
    const node = this.fn.nodes[id];
    if (node === undefined) throw new Error(`the function has no value ${id}`);
    return node;
  }

  /** What a loop goes over that computes a value by its rows. */
  #domainOf(id: ValueId | undefined, lead: number): Domain {
    const list = this.#lists.get(id ?? -1);
    if (list !== undefined) return { rows: lead, list };
    return { rows: lead % this.batch === 0 ? this.batch : lead };
  }

  #place(node: GraphNode, id: ValueId): Placed {
    const shape = shapeOf(node);
    const fresh = { shape, strides: stridesOf(shape), root: id, offset: 0, isGlobal: false };
    switch (node.op) {
      case "input":
        return fresh;
      case "state": {
        const columns = this.layout.get(node.attributes.name);
        return columns === undefined ? fresh : { ...fresh, strides: [columns.stride, 1], offset: columns.begin };
      }
      case "constant":
        return typeof node.attributes.value === "number" ? { ...fresh, strides: shape.map(() => 0) } : fresh;
      case "segmentSum": {
        const partial = this.#partialOf(node);
        if (partial !== undefined) {
          const loop = { ...this.#domainOf(id, shape[0] ?? 1), phase: partial.phase + 1, isWhole: false };
          return { ...fresh, loop, partial };
        }
        const phase = Math.max(...node.inputs.map((input) => this.#phaseAfter(input)));
        return { ...fresh, loop: { ...this.#domainOf(id, shape[0] ?? 1), phase, isWhole: true } };
      }
      case "concat":
        if (node.attributes.axis === 0 && sizeOfShape(shape) > mostAtOnce)
          return { ...fresh, loop: { rows: -1, phase: this.#join(node.inputs, id), isWhole: true } };
        return { ...fresh, loop: this.#loopFor(node, id, fresh.shape) };
      case "unique":
      case "uniqueIndex": {
        // Parts make their own ids distinct, and join their lists in the phase after.
        const phase = this.#phaseAfter(node.inputs[0] ?? -1) + 1;
        // Its rows are those of no other value: whoever reads it waits.
        return { ...fresh, loop: { rows: -1, phase, isWhole: true } };
      }
      default: {
        const view = viewing.has(node.op) ? this.#view(node) : undefined;
        if (view !== undefined) return view;
        const partial = this.#partialOf(node);
        if (partial !== undefined) {
          const loop = { ...this.#domainOf(id, shape[0] ?? 1), phase: partial.phase + 1, isWhole: false };
          return { ...fresh, loop, partial };
        }
        return { ...fresh, loop: this.#loopFor(node, id, fresh.shape) };
      }
    }
  }

  /** Has values lie one after another in the memory of the one that they are joined to, where they are computed for it; the others are copied in the phase that it gives. */
  #join(joined: readonly ValueId[], id: ValueId): number {
    let phase = 0;
    let offset = 0;
    for (const each of joined) {
      const value = this.#value(each);
      const root = this.#value(value.root);
      const elements = sizeOfShape(value.shape);
      const isWhole =
        value.offset === 0 && isPacked(value.shape, value.strides) && elements === sizeOfShape(root.shape);
      if (isWhole && root.loop !== undefined && root.home === undefined && !listing.has(this.#node(value.root).op)) {
        this.#values.set(value.root, { ...root, home: { of: id, offset } });
        phase = Math.max(phase, root.loop.phase);
      } else phase = Math.max(phase, this.#phaseAfter(each));
      offset += elements;
    }
    return phase;
  }

  /** The phase in which all of a value can be read. */
  #phaseAfter(id: ValueId): number {
    const { loop } = this.#value(id);
    return loop === undefined ? 0 : loop.phase + 1;
  }

  /** Where the elements of a value lie that is another one in another way; undefined: they have to be computed or moved. */
  #view(node: GraphNode): Placed | undefined {
    const from = this.#value(node.inputs[0]);
    const shape = shapeOf(node);
    const strides = viewStrides(node, this.#node(node.inputs[0] ?? -1), from, shape);
    if (strides === undefined) return undefined;
    const { loop } = from;
    if (loop !== undefined) {
      const uses = loop.rows > 0 ? usesOf(this.fn, node, loop.rows) : undefined;
      const moved =
        node.op === "slice" && node.attributes.axis === 0
          ? loop.rows !== 1
          : strides[0] === 0 && shape[0] !== 1 && loop.rows > 1;
      if (loop.rows > 0 && (uses?.[0] !== "row" || moved)) {
        // All of it is read from the next phase on, and then in any way.
        const after = { rows: -1, phase: loop.phase, isWhole: true };
        return {
          shape,
          strides,
          root: from.root,
          offset: from.offset + viewOffset(node, from),
          loop: after,
          isGlobal: false,
        };
      }
    }
    return {
      shape,
      strides,
      root: from.root,
      offset: from.offset + viewOffset(node, from),
      ...(loop === undefined ? {} : { loop }),
      isGlobal: false,
    };
  }

  /** The loop in which each thread makes its sum over rows. */
  #partialOf(node: GraphNode): LoopPlace | undefined {
    const isSum =
      (node.op === "sum" || node.op === "max") && node.attributes.axes.includes(0) && node.inputs.length > 0;
    const isProduct = node.op === "matmul" && node.type.shape.length === 2 && node.attributes.transposeA;
    const isBySegment = node.op === "segmentSum" && sizeOfShape(shapeOf(node)) <= mostBySegment;
    if (!isSum && !isProduct && !isBySegment) return undefined;
    const operands = isSum ? [node.inputs[0] ?? -1] : node.inputs;
    const [lead = 1] = this.#value(operands[0]).shape;
    if (this.#node(operands[0] ?? -1).type.shape.length === 0) return undefined;
    if (isProduct && (node.attributes.transposeB || lead < 16)) return undefined;
    const suits = (id: ValueId): boolean => {
      const { strides, shape } = this.#value(id);
      if (isBySegment) return isPacked(shape.slice(1), strides.slice(1));
      return !isProduct || shape[1] === 1 || strides[1] === 1;
    };
    if (!operands.every(suits)) return undefined;
    const domains = this.#candidates(operands, this.#domainOf(operands[0], lead));
    return this.#earliest(
      domains,
      (domain) => (lead % domain === 0 && domain > 1 ? operands.map(() => "row" as const) : undefined),
      operands,
    );
  }

  /** Domains of what is read, the latest first, and a value's own; rows of a list are those of no other domain. */
  #candidates(operands: readonly ValueId[], own: Domain): readonly Domain[] {
    if (own.list !== undefined) return [own];
    const loops = operands.flatMap((id) => this.#value(id).loop ?? []);
    const others = loops.filter(({ rows, list }) => rows > 0 && list === undefined);
    const found = [...others.toSorted((a, b) => b.phase - a.phase).map(({ rows }) => rows), own.rows];
    return [...new Set(found)].map((rows) => ({ rows }));
  }

  #earliest(
    domains: readonly Domain[],
    uses: (rows: number) => readonly Use[] | undefined,
    operands: readonly ValueId[],
  ): LoopPlace | undefined {
    let best: LoopPlace | undefined;
    for (const domain of domains) {
      const used = uses(domain.rows);
      if (used === undefined) continue;
      const phase = operands.reduce((latest, id, at) => {
        const { loop } = this.#value(id);
        if (loop === undefined) return latest;
        return Math.max(latest, isSameDomain(loop, domain) && used[at] === "row" ? loop.phase : loop.phase + 1);
      }, 0);
      if (best === undefined || phase < best.phase) best = { ...domain, phase, isWhole: false };
    }
    return best;
  }

  #loopFor(node: GraphNode, id: ValueId, shape: readonly number[]): LoopPlace {
    const own = this.#domainOf(id, shape[0] ?? 1);
    const possible = this.#candidates(node.inputs, own);
    const elements = [shape, ...node.inputs.map((input) => this.#value(input).shape)].map(sizeOfShape);
    // One thread computes what has one row: only little, or what nothing else can.
    const isSmall = own.list === undefined && Math.max(...elements) <= mostAtOnce;
    const domains = isSmall
      ? [...possible, { rows: 1 }]
      : possible.filter(({ rows, list }) => rows > 1 || list !== undefined);
    const loop =
      this.#earliest(domains, (rows) => usesOf(this.fn, node, rows), node.inputs) ??
      this.#earliest([{ rows: 1 }], (rows) => usesOf(this.fn, node, rows), node.inputs);
    if (loop === undefined) throw new Error(`no loop computes \`${node.op}\``);
    if (node.op !== "matmul" || node.type.shape.length !== 2) return loop;
    const [, b = -1] = node.inputs;
    const { strides, shape: sizes } = this.#value(b);
    const [along, across] = node.attributes.transposeB ? [1, 0] : [0, 1];
    if (sizes[across] === 1 || strides[across] === 1) return loop;
    const after = this.#phaseAfter(b);
    this.#packs.set(id, { of: b, loop: { rows: sizes[along] ?? 1, phase: after, isWhole: false } });
    return loop.phase > after ? loop : { ...loop, phase: after + 1 };
  }

  /** An update waits for those that read the state as it was; among them are updates that copy it, wherever they have to wait themselves. */
  #placeUpdates(): readonly PlacedUpdate[] {
    const readers = this.#readersOfState();
    const { updates } = this.fn;
    let placed = updates.map((update) => this.#placeUpdate(update, readers.get(update.state) ?? []));
    for (let turn = 0; turn <= updates.length; turn += 1) {
      const copies = placed.flatMap(({ update, loop }) => {
        const copied = this.#stateOf(update.kind === "assign" ? update.value : update.rows);
        return copied === undefined ? [] : [{ copied, loop, use: "whole" as const }];
      });
      const next = updates.map((update) =>
        this.#placeUpdate(update, [
          ...(readers.get(update.state) ?? []),
          ...copies.filter(({ copied }) => copied === update.state),
        ]),
      );
      if (next.every(({ loop }, at) => loop.phase === placed[at]?.loop.phase)) return placed;
      placed = next;
    }
    // States that are copied into one another, each of which would wait for the others.
    throw new Unsupported();
  }

  #placeUpdate(update: Update, readers: readonly StateReader[]): PlacedUpdate {
    const written = update.kind === "assign" ? update.value : update.rows;
    const value = this.#value(written);
    const own =
      value.loop !== undefined && value.loop.rows > 0 ? value.loop : this.#domainOf(written, value.shape[0] ?? 1);
    let phase = value.loop === undefined ? 0 : value.loop.rows > 0 ? value.loop.phase : value.loop.phase + 1;
    if (update.kind === "scatter") phase = Math.max(phase, this.#phaseAfter(update.ids));
    for (const reader of readers) {
      const isSame =
        isSameDomain(reader.loop, own) && (update.kind === "assign" ? reader.use === "row" : reader.ids === update.ids);
      phase = Math.max(phase, isSame ? reader.loop.phase : reader.loop.phase + 1);
    }
    const { rows, list } = own;
    return { update, loop: { rows, ...omitUndefined({ list }), phase, isWhole: false } };
  }

  /** The state in whose memory a value lies. */
  #stateOf(id: ValueId): string | undefined {
    const root = this.#node(this.#value(id).root);
    return root.op === "state" ? root.attributes.name : undefined;
  }

  #readersOfState(): ReadonlyMap<string, readonly StateReader[]> {
    const readers = new Map<string, StateReader[]>();
    const note = (id: ValueId, reader: StateReader): void => {
      const name = this.#stateOf(id);
      if (name === undefined) return;
      readers.set(name, [...(readers.get(name) ?? []), reader]);
    };
    this.fn.nodes.forEach((node, id) => {
      const value = this.#values.get(id);
      if (value?.loop === undefined || value.root !== id) return;
      const loop = value.partial ?? value.loop;
      const uses =
        value.partial === undefined && loop.rows > 0 && !loop.isWhole ? usesOf(this.fn, node, loop.rows) : undefined;
      node.inputs.forEach((input, at) => {
        const use = value.partial !== undefined ? "row" : (uses?.[at] ?? "whole");
        const same = use === "row" && this.#value(input).shape[0] === value.shape[0];
        note(input, {
          loop,
          use: same ? "row" : "whole",
          ...(node.op === "gather" && at === 0 ? { ids: node.inputs[1] ?? -1 } : {}),
        });
      });
    });
    for (const { of, loop } of this.#packs.values()) note(of, { loop, use: "whole" });
    for (const { value } of this.fn.outputs)
      if (this.#value(value).loop === undefined)
        note(value, { loop: { rows: 1, phase: 0, isWhole: false }, use: "whole" });
    return readers;
  }

  /** What another loop reads is kept whole. */
  #markGlobal(updates: readonly PlacedUpdate[]): void {
    const mark = (id: ValueId, reader: LoopPlace): void => {
      const value = this.#value(id);
      const root = this.#value(value.root);
      if (root.loop === undefined || keyOf(root.loop) === keyOf(reader)) return;
      for (let at: Placed | undefined = root; at !== undefined; at = at.home && this.#value(at.home.of))
        at.isGlobal = true;
    };
    this.fn.nodes.forEach((node, id) => {
      const value = this.#values.get(id);
      if (value?.loop === undefined || value.root !== id) return;
      for (const input of node.inputs) mark(input, value.partial ?? value.loop);
    });
    for (const { of, loop } of this.#packs.values()) mark(of, loop);
    for (const { update, loop } of updates) {
      mark(update.kind === "assign" ? update.value : update.rows, loop);
      if (update.kind === "scatter") mark(update.ids, loop);
    }
    for (const { value } of this.fn.outputs) {
      const { loop } = this.#value(value);
      if (loop !== undefined && loop.rows < 0) mark(value, { rows: 1, phase: loop.phase + 1, isWhole: false });
    }
  }
}

interface StateReader {
  readonly loop: LoopPlace;
  readonly use: Use;
  readonly ids?: ValueId;
}

function viewStrides(node: GraphNode, source: GraphNode, from: Placed, shape: readonly number[]): Strides | undefined {
  switch (node.op) {
    case "reshape":
      return from.strides.every((stride) => stride === 0)
        ? shape.map(() => 0)
        : reshapeStrides(from.shape, from.strides, shape);
    case "transpose":
      return node.attributes.permutation.length === 0
        ? from.strides
        : node.attributes.permutation.map((axis) => from.strides[axis] ?? 0);
    case "broadcast":
      return stretchStrides(from.shape, from.strides, shape);
    case "slice":
    case "stopGradient":
      return from.strides;
    case "cast": {
      const isSame =
        source.type.dtype === node.type.dtype || (source.type.dtype === "bool" && node.type.dtype === "float32");
      return isSame ? from.strides : undefined;
    }
    default:
      return undefined;
  }
}

const viewOffset = (node: GraphNode, from: Placed): number =>
  node.op === "slice" ? node.attributes.begin * (from.strides[node.attributes.axis] ?? 0) : 0;
