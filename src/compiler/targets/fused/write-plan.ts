/** From a scheduled function to its plan: the instructions of each loop, and where each value lies. */
import type { DType, GraphFunction, GraphNode, OpAttributes, ValueId } from "../../graph/graph.js";
import { distinctIdsOf } from "../../graph/passes/pad-distinct.js";
import { sizeOfShape, stridesOf } from "../../graph/tensor.js";
import { omitUndefined } from "../../text/index.js";
import { packedNumbers, paysForEach, paysForRows, paysOverRows } from "./bfloat16.js";
import type { FusedPlan, PlanBuffer, PlanInstruction, PlanLoop, PlanOperand, Products } from "./plan.js";
import { keyOf, type Layout, type LoopPlace, type Placed, type Schedule } from "./placed.js";
import { scheduleOf } from "./schedule.js";
import { type RowSum, type RowSums, rowSumsOf } from "./row-sums.js";
import { cut, need, type Place, transposed } from "./places.js";
import { reductionOf } from "./reductions.js";
import { arrange, lifetimesIn, tileOf } from "./local-memory.js";
import { mergeInstructions } from "./merge.js";
import { collapse, isPacked, mostAxes, stretchStrides, Unsupported } from "./views.js";

/** The plan of a function whose sizes are known; undefined where an op of it is none that the instructions know. */
export function fusedPlan(
  fn: GraphFunction,
  batch: number,
  layout: Layout = new Map(),
  products: Products = "float32",
): FusedPlan | undefined {
  if (!isFusable(fn)) return undefined;
  try {
    return new PlanWriter(scheduleOf(withoutInputsOfRelu(fn), batch, layout), layout, products).write();
  } catch (error) {
    if (error instanceof Unsupported) return undefined;
    throw error;
  }
}

/** Slopes of relu by its result, which the layer above needs all the same, so that what went in need not be kept: one is above 0 where the other is. */
function withoutInputsOfRelu(fn: GraphFunction): GraphFunction {
  const results = new Map<ValueId, ValueId>();
  const nodes = fn.nodes.map((node, id): GraphNode => {
    const [first = -1, second = -1] = node.inputs;
    if (node.op === "relu") results.set(first, id);
    const result = results.get(second);
    return node.op === "reluGrad" && result !== undefined ? { ...node, inputs: [first, result] } : node;
  });
  return { ...fn, nodes };
}

function isFusable(fn: GraphFunction): boolean {
  return fn.nodes.every((node) => {
    const sizes = node.type.shape;
    return sizes.every((size) => typeof size === "number" && size > 0);
  });
}

interface LoopDraft {
  readonly place: LoopPlace;
  readonly instructions: PlanInstruction[];
  /** Numbers of a row, by buffer. */
  readonly locals: Map<number, number>;
}

/** Buffers of a list of distinct ids: the list, each id's place in it, and how many it has. */
interface DistinctBuffers {
  readonly list: number;
  readonly index: number;
  readonly size: number;
}

class PlanWriter {
  readonly #buffers: PlanBuffer[] = [];
  readonly #bufferOf = new Map<string, number>();
  readonly #loops = new Map<string, LoopDraft>();
  /** Elements of the values in local buffers. */
  readonly #sizes = new Map<number, number>();
  readonly #written = new Set<number>();
  readonly #distinct = new Map<ValueId, DistinctBuffers>();
  readonly #rowSums: RowSums;
  #label: string | undefined;

  constructor(
    readonly schedule: Schedule,
    readonly layout: Layout,
    readonly products: Products,
  ) {
    this.#rowSums = rowSumsOf(schedule);
  }

  write(): FusedPlan {
    const { fn, values } = this.schedule;
    fn.nodes.forEach((node, id) => {
      const value = values.get(id);
      if (value?.loop === undefined || value.root !== id || this.#rowSums.absorbed.has(id)) return;
      this.#label = node.label;
      this.#writePack(id);
      this.#writeNode(node, id, value);
    });
    this.#writeUpdates();
    const outputs = this.#writeOutputs();
    return { buffers: this.#buffers, ...this.#finish(), outputs };
  }

  #loop(place: LoopPlace): LoopDraft {
    const key = keyOf(place);
    const loop = this.#loops.get(key) ?? { place, instructions: [], locals: new Map() };
    this.#loops.set(key, loop);
    return loop;
  }

  #buffer(key: string, make: () => PlanBuffer): number {
    const known = this.#bufferOf.get(key);
    if (known !== undefined) return known;
    this.#buffers.push(make());
    this.#bufferOf.set(key, this.#buffers.length - 1);
    return this.#buffers.length - 1;
  }

  #node(id: ValueId | undefined): GraphNode {
    const node = this.schedule.fn.nodes[id ?? -1];
    if (node === undefined) throw new Error(`the function has no value ${id ?? -1}`);
    return node;
  }

  #placed(id: ValueId | undefined): Placed {
    const value = this.schedule.values.get(id ?? -1);
    if (value === undefined) throw new Error(`the value ${id ?? -1} has no place`);
    return value;
  }

  #bufferOfRoot(root: ValueId): number {
    const node = this.#node(root);
    const value = this.#placed(root);
    const elements = sizeOfShape(value.shape);
    switch (node.op) {
      case "state":
        return this.#stateBuffer(node.attributes.name);
      case "input": {
        const { name } = node.attributes;
        const { dtype } = node.type;
        return this.#buffer(`input ${name}`, () => ({ kind: "input", name, elements, dtype }));
      }
      case "constant": {
        const { value: given } = node.attributes;
        const isInt = node.type.dtype === "int32";
        return this.#buffer(`constant ${root}`, () => ({ kind: "constant", isInt, value: given }));
      }
      case "unique":
        return this.#distinctOf(node.inputs[0] ?? -1).list;
      case "uniqueIndex":
        return this.#distinctOf(node.inputs[0] ?? -1).index;
      default: {
        const { loop } = value;
        if (value.isGlobal || loop === undefined)
          return this.#buffer(`value ${root}`, () => ({ kind: "own", elements }));
        const buffer = this.#buffer(`value ${root}`, () => ({ kind: "local", begin: -1 }));
        this.#sizes.set(buffer, elements);
        return buffer;
      }
    }
  }

  #stateBuffer(variable: string): number {
    const name = this.layout.get(variable)?.array ?? variable;
    return this.#buffer(`state ${name}`, () => ({ kind: "state", name }));
  }

  #read(id: ValueId | undefined): Place {
    const { root, offset, shape, strides } = this.#placed(id);
    let [memory, begin] = [root, offset];
    for (let { home } = this.#placed(root); home !== undefined; { home } = this.#placed(memory)) {
      memory = home.of;
      begin += home.offset;
    }
    return { buffer: this.#bufferOfRoot(memory), offset: begin, shape, strides };
  }

  /** Whether a value lies where it is joined: the same one may be joined twice. */
  #isInPlace(id: ValueId, joined: ValueId, offset: number): boolean {
    const { home } = this.#placed(this.#placed(id).root);
    return home?.of === joined && home.offset === offset;
  }

  /** A local buffer for an instruction's own use. */
  #scratch(shape: readonly number[]): Place {
    this.#buffers.push({ kind: "local", begin: -1 });
    this.#sizes.set(this.#buffers.length - 1, sizeOfShape(shape));
    return { buffer: this.#buffers.length - 1, offset: 0, shape, strides: stridesOf(shape) };
  }

  /** `rows`: those of the loop; an operand whose first axis is as many times those is read by rows. */
  #operand({ buffer, offset, shape, strides }: Place, rows: number, lead: number): PlanOperand {
    const isRow = shape[0] === lead;
    return { buffer, offset, rowStride: isRow ? ((strides[0] ?? 0) * lead) / rows : 0 };
  }

  #emit(
    place: LoopPlace,
    code: string,
    operands: readonly PlanOperand[],
    numbers: readonly number[],
    touched: readonly Place[] = [],
  ): void {
    const loop = this.#loop(place);
    loop.instructions.push({ code, operands, numbers, ...(this.#label === undefined ? {} : { label: this.#label }) });
    for (const { buffer } of touched)
      if (this.#buffers[buffer]?.kind === "local") loop.locals.set(buffer, (this.#sizes.get(buffer) ?? 0) / place.rows);
    for (const { buffer } of operands)
      if (this.#buffers[buffer]?.kind === "local" && !loop.locals.has(buffer))
        throw new Error(`\`${code}\` reads a value of another loop`);
  }

  /** An instruction that goes over the elements of `out`. */
  #walk(place: LoopPlace, code: string, out: Place, operands: readonly Place[]): void {
    const [lead = 1, ...rest] = out.shape;
    const sizes = [lead / place.rows, ...rest];
    const all = [out, ...operands];
    const stretched = all.map((each) => stretchStrides(each.shape, each.strides, out.shape));
    const walked = collapse(sizes, stretched);
    if (walked.sizes.length > mostAxes) throw new Unsupported();
    this.#emit(
      place,
      code,
      all.map((each, at) => ({
        buffer: each.buffer,
        offset: each.offset,
        rowStride: ((stretched[at]?.[0] ?? 0) * lead) / place.rows,
      })),
      [walked.sizes.length, ...walked.sizes, ...walked.strides.flat()],
      [out],
    );
  }

  #copy(place: LoopPlace, out: Place, from: Place): void {
    this.#walk(place, "copy", out, [from]);
  }

  #writePack(id: ValueId): void {
    const pack = this.schedule.packs.get(id);
    if (pack === undefined) return;
    const { out, from } = this.#packed(id, pack.of);
    if (this.#written.has(out.buffer)) return;
    this.#written.add(out.buffer);
    const [depth = 1] = out.shape;
    this.#copy({ ...pack.loop, rows: depth }, out, from);
  }

  /** The second factor of a product as [depth, columns], and where it lies when packed. */
  #packed(id: ValueId, of: ValueId): { readonly out: Place; readonly from: Place } {
    const node = this.#node(id);
    const b = this.#read(of);
    const from = node.op === "matmul" && node.attributes.transposeB ? transposed(b) : b;
    const elements = sizeOfShape(from.shape);
    const buffer = this.#buffer(`packed ${of} ${String(node.op === "matmul" && node.attributes.transposeB)}`, () => ({
      kind: "own",
      elements,
    }));
    return { out: { buffer, offset: 0, shape: from.shape, strides: stridesOf(from.shape) }, from };
  }

  #writeNode(node: GraphNode, id: ValueId, value: Placed): void {
    const { loop } = value;
    if (loop === undefined) return;
    if (value.partial !== undefined) {
      this.#writePartial(node, id, value.partial, loop);
      return;
    }
    const sum = this.#rowSums.sums.get(id);
    if (sum !== undefined) {
      this.#sumRows(loop, this.#read(id), sum);
      return;
    }
    const out = node.op === "unique" || node.op === "uniqueIndex" ? undefined : this.#read(id);
    const operands = node.inputs.map((input) => this.#read(input));
    if (out === undefined) {
      this.#distinctOf(node.inputs[0] ?? -1);
      return;
    }
    const [a, b] = operands;
    switch (node.op) {
      case "input":
      case "state":
      case "constant":
      case "unique":
      case "uniqueIndex":
        return;
      case "reshape":
      case "transpose":
      case "broadcast":
      case "slice":
      case "stopGradient":
        this.#move(node, loop, out, need(a));
        return;
      case "concat": {
        let begin = 0;
        operands.forEach((operand, at) => {
          const size = operand.shape[node.attributes.axis] ?? 0;
          const place = loop.rows > 0 ? loop : { ...loop, rows: size, isWhole: false };
          if (!this.#isInPlace(node.inputs[at] ?? -1, id, begin * (out.strides[node.attributes.axis] ?? 0)))
            this.#copy(place, cut(out, node.attributes.axis, begin, size), operand);
          begin += size;
        });
        return;
      }
      case "pad":
        this.#pad(loop, out, need(a), node.attributes);
        return;
      case "sum":
      case "max":
        this.#reduce(loop, node.op, out, need(a), node.attributes.axes);
        return;
      case "softmax":
        this.#softmax(loop, out, need(a));
        return;
      case "matmul":
        if (node.type.shape.length > 2) this.#productOfEach(node, loop, out, need(a), need(b));
        else this.#product(node, id, loop, out, need(a), need(b));
        return;
      case "gather":
        this.#gather(loop, out, need(a), need(b));
        return;
      case "segmentSum":
        this.#segmentSum(loop, out, need(a), need(b));
        return;
      case "random": {
        const lead = out.shape[0] ?? 1;
        const seeds = operands.map((each) => ({ buffer: each.buffer, offset: each.offset, rowStride: 0 }));
        const width = sizeOfShape(out.shape) / loop.rows;
        this.#emit(
          loop,
          "uniform",
          [this.#operand(out, loop.rows, lead), ...seeds],
          [width, node.attributes.stream],
          [out],
        );
        return;
      }
      case "cast": {
        const code = castCode(this.#node(node.inputs[0]).type.dtype, node.type.dtype);
        this.#walk(loop, code, out, [need(a)]);
        return;
      }
      case "select":
        this.#walk(loop, "select", out, operands);
        return;
      default: {
        const isInt = this.#node(node.inputs[0]).type.dtype === "int32";
        const code = isInt ? `int.${node.op}` : node.op;
        if (isInt && !intCodes.has(node.op)) throw new Unsupported();
        this.#walk(loop, code, out, operands);
      }
    }
  }

  #pad(loop: LoopPlace, out: Place, from: Place, { axis, before, after }: OpAttributes["pad"]): void {
    const inside = from.shape[axis] ?? 0;
    const zero = this.#zero();
    if (before > 0) this.#copy(loop, cut(out, axis, 0, before), zero);
    this.#copy(loop, cut(out, axis, before, inside), from);
    if (after > 0) this.#copy(loop, cut(out, axis, before + inside, after), zero);
  }

  #softmax(loop: LoopPlace, out: Place, given: Place): void {
    const from = this.#flat(loop, given);
    const size = out.shape.at(-1) ?? 1;
    const rows = sizeOfShape(out.shape) / size / loop.rows;
    const lead = out.shape[0] ?? 1;
    const each = [this.#operand(out, loop.rows, lead), this.#operand(from, loop.rows, lead)];
    this.#emit(loop, "softmax", each, [rows, size, size, size], [out]);
  }

  #zero(): Place {
    const buffer = this.#buffer("zero", () => ({ kind: "constant", isInt: false, value: 0 }));
    return { buffer, offset: 0, shape: [1], strides: [0] };
  }

  #move(node: GraphNode, loop: LoopPlace, out: Place, from: Place): void {
    if (node.op !== "reshape") throw new Error(`\`${node.op}\` is a view`);
    // The elements in their order, in the shape that they had.
    this.#copy(loop, { ...out, shape: from.shape, strides: stridesOf(from.shape) }, from);
  }

  /** The same elements one after another. */
  #flat(loop: LoopPlace, from: Place): Place {
    if (isPacked(from.shape, from.strides)) return from;
    const copy = this.#scratch(from.shape);
    this.#copy(loop, copy, from);
    return copy;
  }

  #reduce(loop: LoopPlace, code: string, out: Place, from: Place, axes: readonly number[]): void {
    const { numbers, rowStride } = reductionOf(from, axes, loop.rows);
    const each = [
      { buffer: out.buffer, offset: out.offset, rowStride },
      this.#operand(from, loop.rows, from.shape[0] ?? 1),
    ];
    this.#emit(loop, code, each, [0, ...numbers], [out]);
  }

  /** Each thread's own, and all of them together in a later phase. */
  #writePartial(node: GraphNode, id: ValueId, partial: LoopPlace, loop: LoopPlace): void {
    const out = this.#read(id);
    const size = sizeOfShape(out.shape);
    const room = Math.ceil(size / 16) * 16;
    const buffer = this.#buffer(`partial ${id}`, () => ({ kind: "perThread", elements: room }));
    const isMax = node.op === "max";
    if (node.op === "matmul") {
      const [a, b] = node.inputs.map((input) => this.#read(input));
      const [lead = 1, m = 1] = need(a).shape;
      const n = need(b).shape[1] ?? 1;
      const each = [need(a), need(b)].map((operand) => this.#operand(operand, partial.rows, lead));
      this.#emit(
        partial,
        this.products === "bfloat16" && paysOverRows(m, n, lead) ? "productOverRows.bfloat16" : "productOverRows",
        [{ buffer, offset: 0, rowStride: 0 }, ...each],
        [lead / partial.rows, m, n, need(a).strides[0] ?? 0, need(b).strides[0] ?? 0, room],
      );
    } else if (node.op === "segmentSum") {
      const [values, ids] = node.inputs.map((input) => this.#read(input));
      const [lead = 1] = need(values).shape;
      const width = sizeOfShape(need(values).shape.slice(1));
      const each = [need(values), need(ids)].map((operand) => this.#operand(operand, partial.rows, lead));
      this.#emit(
        partial,
        "segmentSumOverRows",
        [{ buffer, offset: 0, rowStride: 0 }, ...each],
        [lead / partial.rows, out.shape[0] ?? 1, width, need(values).strides[0] ?? 0, need(ids).strides[0] ?? 0, room],
      );
    } else if (node.op === "sum" || node.op === "max") {
      const from = this.#read(node.inputs[0]);
      const { numbers } = reductionOf(from, node.attributes.axes, partial.rows);
      const each = [{ buffer, offset: 0, rowStride: 0 }, this.#operand(from, partial.rows, from.shape[0] ?? 1)];
      this.#emit(partial, node.op, each, [1, ...numbers, room]);
    }
    const [lead = 1] = out.shape;
    const width = size / loop.rows;
    this.#emit(
      loop,
      isMax ? "combineMax" : "combineSum",
      [this.#operand(out, loop.rows, lead), { buffer, offset: 0, rowStride: width }],
      [width, room, partial.rows],
      [out],
    );
  }

  #product(node: GraphNode, id: ValueId, loop: LoopPlace, out: Place, a: Place, b: Place): void {
    if (node.op !== "matmul") return;
    const { transposeA, transposeB } = node.attributes;
    const [m = 1, n = 1] = out.shape;
    const depth = (transposeA ? a.shape[0] : a.shape[1]) ?? 1;
    const pack = this.schedule.packs.get(id);
    const right = pack === undefined ? (transposeB ? transposed(b) : b) : this.#packed(id, pack.of).out;
    let left = transposeA ? transposed(a) : a;
    if (left.strides[0] !== 1 && left.strides[1] !== 1 && depth > 1) left = this.#flat(loop, left);
    const each = [
      ...[out, left].map((operand) => this.#operand(operand, loop.rows, m)),
      { buffer: right.buffer, offset: right.offset, rowStride: 0 },
    ];
    const numbers = [
      m / loop.rows,
      n,
      depth,
      left.strides[0] ?? 0,
      depth > 1 ? (left.strides[1] ?? 0) : 1,
      right.strides[0] ?? 0,
      out.strides[0] ?? 0,
    ];
    if (this.products === "bfloat16" && paysForRows(m, n, depth)) {
      const elements = packedNumbers(n, depth);
      const buffer = this.#buffer(`rounded ${id}`, () => ({ kind: "perThread", elements }));
      const own = { buffer, offset: 0, rowStride: 0 };
      this.#emit(loop, "product.bfloat16", [...each, own], [...numbers, elements], [out]);
    } else this.#emit(loop, "product", each, numbers, [out]);
  }

  #productOfEach(node: GraphNode, loop: LoopPlace, out: Place, a: Place, b: Place): void {
    if (node.op !== "matmul") return;
    const rank = out.shape.length;
    if (rank > 4) throw new Unsupported();
    const left = node.attributes.transposeA ? transposed(a) : a;
    const right = node.attributes.transposeB ? transposed(b) : b;
    const [lead = 1] = out.shape;
    const inner = rank === 4 ? (out.shape[1] ?? 1) : 1;
    const [m = 1, n = 1] = out.shape.slice(-2);
    const depth = left.shape.at(-1) ?? 1;
    const strides = [out, left, right].flatMap(({ strides: own }) => [
      own[0] ?? 0,
      rank === 4 ? (own[1] ?? 0) : 0,
      ...own.slice(-2),
    ]);
    this.#emit(
      loop,
      this.products === "bfloat16" && paysForEach(out, left, right) ? "productOfEach.bfloat16" : "productOfEach",
      [out, left, right].map((operand) => this.#operand(operand, loop.rows, lead)),
      [lead / loop.rows, inner, m, n, depth, ...strides],
      [out],
    );
  }

  #gather(loop: LoopPlace, out: Place, table: Place, ids: Place): void {
    const width = sizeOfShape(table.shape.slice(1));
    // Numbers of a row of the table are equally far from one another.
    const inner = collapse([1, ...table.shape.slice(1)], [[0, ...table.strides.slice(1)]]);
    if (inner.sizes.length > 2) throw new Unsupported();
    const apart = inner.sizes.length === 1 ? 1 : (inner.strides[0]?.[1] ?? 1);
    const list = ids.shape.length === 1 ? ids : this.#flat(loop, ids);
    const [lead = 1] = out.shape;
    const count = sizeOfShape(ids.shape) / loop.rows;
    const stride = list.shape.length === 1 ? (list.strides[0] ?? 0) : 1;
    const each = [this.#operand(out, loop.rows, lead), { buffer: table.buffer, offset: table.offset, rowStride: 0 }];
    const [idLead = 1] = list.shape;
    this.#emit(
      loop,
      "gather",
      [...each, this.#operand(list, loop.rows, idLead)],
      [count, stride, width, width, table.strides[0] ?? 0, apart],
      [out],
    );
  }

  #sumRows(loop: LoopPlace, out: Place, { gathers, others }: RowSum): void {
    const [lead = 1, width = 1] = out.shape;
    const each = gathers.map((id) => {
      const [table, ids] = this.#node(id).inputs.map((input) => this.#read(input));
      return { table: need(table), ids: need(ids) };
    });
    this.#emit(
      loop,
      "sumRows",
      [
        this.#operand(out, loop.rows, lead),
        ...each.flatMap(({ table, ids }) => [
          { buffer: table.buffer, offset: table.offset, rowStride: 0 },
          this.#operand(ids, loop.rows, lead),
        ]),
      ],
      [
        lead / loop.rows,
        width,
        out.strides[0] ?? 0,
        each.length,
        ...each.flatMap(({ table, ids }) => [table.strides[0] ?? 0, ids.strides[0] ?? 0]),
      ],
      [out],
    );
    for (const other of others) this.#walk(loop, "add", out, [out, this.#read(other)]);
  }

  #segmentSum(loop: LoopPlace, out: Place, values: Place, ids: Place): void {
    const width = sizeOfShape(out.shape.slice(1));
    if (!isPacked(values.shape.slice(1), values.strides.slice(1))) throw new Unsupported();
    const [lead = 1] = out.shape;
    const whole = [values, ids].map(({ buffer, offset }) => ({ buffer, offset, rowStride: 0 }));
    this.#emit(
      loop,
      "segmentSum",
      [this.#operand(out, loop.rows, lead), ...whole],
      [lead / loop.rows, values.shape[0] ?? 0, width, values.strides[0] ?? 0, ids.strides[0] ?? 0],
      [out],
    );
  }

  /** The list of distinct ids and each id's place in it: each part makes its own, which are then joined. */
  #distinctOf(ids: ValueId): DistinctBuffers {
    const known = this.#distinct.get(ids);
    if (known !== undefined) return known;
    const table = distinctIdsOf(this.schedule.fn)?.find((each) => each.ids === ids);
    if (table === undefined) throw new Unsupported();
    const from = this.#read(ids);
    if (!isPacked(from.shape, from.strides)) throw new Unsupported();
    const count = sizeOfShape(from.shape);
    const make = (key: string, kind: "own" | "perThread", elements: number): number =>
      this.#buffer(`${key} ${ids}`, () => ({ kind, elements }));
    const made = {
      list: make("distinct", "own", count),
      index: make("index", "own", count),
      size: make("size", "own", 1),
    };
    this.#distinct.set(ids, made);
    // A part's own begin where a line of a cache does.
    const [room, found] = [Math.ceil(count / 16) * 16, 16];
    const parts = make("distinct of a part", "perThread", room);
    const founds = make("found by a part", "perThread", found);
    const whole = (buffer: number, offset = 0): PlanOperand => ({ buffer, offset, rowStride: 0 });
    const given = whole(from.buffer, from.offset);
    const { loop } = this.#placed(ids);
    const phase = loop === undefined ? 0 : loop.phase + 1;
    this.#emit(
      { rows: count, phase, isWhole: true },
      "distinct",
      [whole(parts), whole(made.index), given, whole(founds)],
      [count, table.rows, room, found],
    );
    this.#emit(
      { rows: count, phase: phase + 1, isWhole: true },
      "joinDistinct",
      [whole(made.list), whole(made.size), whole(made.index), whole(parts), given, whole(founds)],
      [count, room, found],
    );
    return made;
  }

  #writeUpdates(): void {
    for (const { update, loop } of this.schedule.updates) {
      this.#label = `update/${update.state}`;
      const buffer = this.#stateBuffer(update.state);
      const rows = this.#read(update.kind === "assign" ? update.value : update.rows);
      if (update.kind === "assign") {
        this.#copy(loop, { buffer, offset: 0, shape: rows.shape, strides: stridesOf(rows.shape) }, rows);
        continue;
      }
      const ids = this.#read(update.ids);
      const columns = this.layout.get(update.state);
      const [lead = 1] = rows.shape;
      const width = sizeOfShape(rows.shape.slice(1));
      if (!isPacked(rows.shape.slice(1), rows.strides.slice(1)) || ids.strides[0] !== 1) throw new Unsupported();
      this.#emit(
        loop,
        "scatter",
        [
          { buffer, offset: columns?.begin ?? 0, rowStride: 0 },
          this.#operand(ids, loop.rows, lead),
          this.#operand(rows, loop.rows, lead),
        ],
        [lead / loop.rows, width, columns?.stride ?? width, rows.strides[0] ?? 0],
      );
    }
  }

  #writeOutputs(): FusedPlan["outputs"] {
    return this.schedule.fn.outputs.map(({ name, value }, at) => {
      this.#label = name;
      const from = this.#read(value);
      const { loop } = this.#placed(value);
      const elements = sizeOfShape(from.shape);
      const { dtype } = this.#node(value).type;
      const buffer = this.#buffer(`output ${at}`, () => ({ kind: "output", name, elements, dtype }));
      const place =
        loop === undefined || loop.rows < 0
          ? { rows: 1, phase: loop === undefined ? 0 : loop.phase + 1, isWhole: false }
          : loop;
      this.#copy(place, { buffer, offset: 0, shape: from.shape, strides: stridesOf(from.shape) }, from);
      return { name, shape: this.#node(value).type.shape.map(Number) };
    });
  }

  #finish(): Pick<FusedPlan, "local" | "phases"> {
    let local = 0;
    const phases: PlanLoop[][] = [];
    for (const { place, instructions: written, locals } of [...this.#loops.values()].toSorted(inOrder)) {
      const instructions = mergeInstructions(written);
      const { width, begins } = arrange(lifetimesIn(instructions, locals));
      const tile = place.isWhole ? place.rows : tileOf(place.rows, width);
      for (const [buffer, begin] of begins) this.#buffers[buffer] = { kind: "local", begin: begin * tile };
      local = Math.max(local, width * tile);
      const counted = this.#distinct.get(place.list ?? -1)?.size;
      (phases[place.phase] ??= []).push({ rows: place.rows, tile, ...omitUndefined({ counted }), instructions });
    }
    return { local, phases: Array.from(phases, (phase) => phase ?? []).filter((phase) => phase.length > 0) };
  }
}

const inOrder = (a: LoopDraft, b: LoopDraft): number =>
  a.place.phase - b.place.phase || Number(b.place.isWhole) - Number(a.place.isWhole);

const intCodes: ReadonlySet<string> = new Set([
  "neg",
  "abs",
  "sign",
  "add",
  "sub",
  "mul",
  "maximum",
  "minimum",
  "less",
  "lessEqual",
  "equal",
]);

function castCode(from: DType, to: DType): string {
  if (from === to || (from === "bool" && to === "float32")) return "copy";
  if (to === "bool") return from === "int32" ? "int.truth" : "truth";
  return to === "int32" ? "int.fromFloat" : "int.toFloat";
}
