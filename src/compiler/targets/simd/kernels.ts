/** The functions that a module is made of, by name, and those that it is given. */
import type { OpName } from "../../graph/graph.js";
import {
  call,
  type Code,
  doWhile,
  f32,
  f32x4,
  f64,
  i32,
  i32x4,
  type Local,
  unreachable,
  v128,
  when,
} from "../../wasm/instructions.js";
import { advance, bytes, kernel, lanesBytes, numberBytes, sum, zeros } from "../../wasm/kernel.js";
import { gatherSum } from "./gather-kernels.js";
import { matmul, matmulOfRows, pack, packedMatmul, type PassRows } from "./matrix-kernels.js";
import type { ImportedFunction, ModuleFunction } from "../../wasm/module.js";

export type { PassRows };

/** Functions of one float64 number that the module is given. */
const functionsOfOne = ["exp", "expm1", "log", "log1p", "cos", "tanh", "erf"] as const;
type FunctionOfOne = (typeof functionsOfOne)[number];

/** What a module is given: functions of float64 numbers, and how rows of a table outside of its memory are read. */
export const imports: readonly ImportedFunction[] = [
  ...functionsOfOne.map((name): ImportedFunction => ({ name, inputs: ["f64"], result: "f64" })),
  { name: "pow", inputs: ["f64", "f64"], result: "f64" },
  { name: "rows", inputs: ["i32", "i32", "i32", "i32"] },
];

const importAt = (name: string): number => imports.findIndex((each) => each.name === name);
const ofOne = (name: FunctionOfOne, x: Code): Code => call(importAt(name), x);

/** A call of the import `rows`: the rows of `table`, a number that the caller gave it, for `count` ids, to the address `out`. */
export function readRows(table: number, ids: number, out: number, count: number): Code {
  return call(importAt("rows"), ...[table, ids, out, count].map(i32.const));
}

type Lanes = (...operands: readonly Code[]) => Code;

/** (a, …, out, count): lane by lane; where `isScalar` holds, the operand is one number. */
function lanewise(isScalar: readonly boolean[], compute: Lanes): ModuleFunction {
  const inputs = isScalar.length;
  return kernel(inputs + 2, (params, { local }) => {
    const [out, count] = params.slice(inputs) as [Local, Local];
    const operands = isScalar.map((scalar, at) => ({ pointer: params[at]!, scalar, splat: local("v128") }));
    const end = local("i32");
    return [
      ...end.set(i32.add(out.get, bytes(count))),
      ...operands.flatMap(({ pointer, scalar, splat }) => (scalar ? splat.set(v128.loadSplat(pointer.get)) : [])),
      ...doWhile(
        [
          ...v128.store(
            out.get,
            compute(...operands.map(({ pointer, scalar, splat }) => (scalar ? splat.get : v128.load(pointer.get)))),
          ),
          ...operands.flatMap(({ pointer, scalar }) => (scalar ? [] : advance(pointer, lanesBytes))),
          ...advance(out, lanesBytes),
        ],
        i32.lessUnsigned(out.get, end.get),
      ),
    ];
  });
}

/** (x, out, count): one number at a time, in float64. */
function onebyone(compute: (...x: readonly Code[]) => Code, inputs = 1): ModuleFunction {
  return kernel(inputs + 2, (params, { local }) => {
    const operands = params.slice(0, inputs);
    const [out, count] = params.slice(inputs) as [Local, Local];
    const end = local("i32");
    const values = operands.map(() => local("f64"));
    return [
      ...end.set(i32.add(out.get, bytes(count))),
      ...doWhile(
        [
          ...operands.flatMap((operand, at) => values[at]!.set(f64.ofFloat(f32.load(operand.get)))),
          ...f32.store(out.get, f32.ofDouble(compute(...values.map(({ get }) => get)))),
          ...operands.flatMap((operand) => advance(operand, numberBytes)),
          ...advance(out, numberBytes),
        ],
        i32.lessUnsigned(out.get, end.get),
      ),
    ];
  });
}

const ones = (mask: Code): Code => v128.and(mask, i32x4.splat(i32.const(1)));
const onesInFloat = f32x4.splat(f32.const(1));

/** The element type that a kernel is written for. */
export type LaneType = "float" | "int";

type LaneTable = Readonly<Partial<Record<OpName, Lanes>>>;

const floatLanes: LaneTable = {
  neg: (x) => f32x4.neg(x!),
  abs: (x) => f32x4.abs(x!),
  sqrt: (x) => f32x4.sqrt(x!),
  relu: (x) => f32x4.max(x!, zeros),
  // NaN stays NaN: it is neither above nor below.
  sign: (x) =>
    v128.select(onesInFloat, v128.select(f32x4.splat(f32.const(-1)), x!, f32x4.less(x!, zeros)), f32x4.less(zeros, x!)),
  add: (a, b) => f32x4.add(a!, b!),
  sub: (a, b) => f32x4.sub(a!, b!),
  mul: (a, b) => f32x4.mul(a!, b!),
  div: (a, b) => f32x4.div(a!, b!),
  maximum: (a, b) => f32x4.max(a!, b!),
  minimum: (a, b) => f32x4.min(a!, b!),
  less: (a, b) => ones(f32x4.less(a!, b!)),
  lessEqual: (a, b) => ones(f32x4.lessEqual(a!, b!)),
  equal: (a, b) => ones(f32x4.equal(a!, b!)),
  reluGrad: (gradient, x) => v128.and(gradient!, f32x4.less(zeros, x!)),
};

const intLanes: LaneTable = {
  add: (a, b) => i32x4.add(a!, b!),
  sub: (a, b) => i32x4.sub(a!, b!),
  mul: (a, b) => i32x4.mul(a!, b!),
  maximum: (a, b) => i32x4.max(a!, b!),
  minimum: (a, b) => i32x4.min(a!, b!),
  less: (a, b) => ones(i32x4.less(a!, b!)),
  lessEqual: (a, b) => ones(i32x4.lessEqual(a!, b!)),
  equal: (a, b) => ones(i32x4.equal(a!, b!)),
  and: (a, b) => v128.and(a!, b!),
  not: (x) => i32x4.sub(i32x4.splat(i32.const(1)), x!),
};

/** Lanes of either type: a condition, and two values. */
const select: Lanes = (condition, a, b) => v128.select(a!, b!, i32x4.notEqual(condition!, zeros));

const doubles: Readonly<Partial<Record<OpName, (...x: readonly Code[]) => Code>>> = {
  exp: (x) => ofOne("exp", x!),
  expm1: (x) => ofOne("expm1", x!),
  log: (x) => ofOne("log", x!),
  log1p: (x) => ofOne("log1p", x!),
  cos: (x) => ofOne("cos", x!),
  tanh: (x) => ofOne("tanh", x!),
  erf: (x) => ofOne("erf", x!),
  sigmoid: (x) => f64.div(f64.const(1), f64.add(f64.const(1), ofOne("exp", f64.neg(x!)))),
  softplus: (x) => f64.add(f64.max(x!, f64.const(0)), ofOne("log1p", ofOne("exp", f64.neg(f64.abs(x!))))),
  pow: (x, y) => call(importAt("pow"), x!, y!),
};

/** How numbers of a type become those of another. */
const casts = {
  floatToInt: lanewise([false], (x) => i32x4.ofFloats(x!)),
  intToFloat: lanewise([false], (x) => f32x4.ofInts(x!)),
  floatToBool: lanewise([false], (x) => ones(f32x4.notEqual(x!, zeros))),
  intToBool: lanewise([false], (x) => ones(i32x4.notEqual(x!, zeros))),
} as const;

export type CastName = keyof typeof casts;

/** (values, out, outer, count, inner): over the middle axis of [outer, count, inner]. */
function reduction(initial: number, combine: (a: Code, b: Code) => Code): ModuleFunction {
  return kernel(5, ([values, out, outer, count, inner], { local }) => {
    const [from, end, column, rowBytes, rows, left] = [
      local("i32"),
      local("i32"),
      local("i32"),
      local("i32"),
      local("i32"),
      local("i32"),
    ];
    const lanes = local("v128");
    return [
      ...rowBytes.set(bytes(inner!)),
      ...rows.set(i32.mul(rowBytes.get, count!.get)),
      ...left.set(outer!.get),
      ...doWhile(
        [
          ...column.set(i32.const(0)),
          ...doWhile(
            [
              ...lanes.set(f32x4.splat(f32.const(initial))),
              ...from.set(i32.add(values!.get, column.get)),
              ...end.set(i32.add(from.get, rows.get)),
              ...doWhile(
                [...lanes.set(combine(lanes.get, v128.load(from.get))), ...from.set(i32.add(from.get, rowBytes.get))],
                i32.lessUnsigned(from.get, end.get),
              ),
              ...v128.store(i32.add(out!.get, column.get), lanes.get),
              ...advance(column, lanesBytes),
            ],
            i32.lessUnsigned(column.get, rowBytes.get),
          ),
          ...values!.set(i32.add(values!.get, rows.get)),
          ...out!.set(i32.add(out!.get, rowBytes.get)),
          ...advance(left, -1),
        ],
        left.get,
      ),
    ];
  });
}

/** (x, out, rows, count): each row of `count` numbers on its own. */
const softmax = kernel(4, ([x, out, rows, count], { local }) => {
  const [at, to, end, rowBytes] = [local("i32"), local("i32"), local("i32"), local("i32")];
  const [largest, total] = [local("f32"), local("f32")];
  const eachNumber = (body: Code): Code => [
    ...at.set(x!.get),
    ...to.set(out!.get),
    ...end.set(i32.add(x!.get, rowBytes.get)),
    ...doWhile([...body, ...advance(at, numberBytes), ...advance(to, numberBytes)], i32.lessUnsigned(at.get, end.get)),
  ];
  const centred = f64.sub(f64.ofFloat(f32.load(at.get)), f64.ofFloat(largest.get));
  return [
    ...rowBytes.set(bytes(count!)),
    ...doWhile(
      [
        ...largest.set(f32.const(-Infinity)),
        ...eachNumber(largest.set(f32.max(largest.get, f32.load(at.get)))),
        ...total.set(f32.const(0)),
        ...eachNumber([
          ...f32.store(to.get, f32.ofDouble(ofOne("exp", centred))),
          ...total.set(f32.add(total.get, f32.load(to.get))),
        ]),
        ...eachNumber(f32.store(to.get, f32.div(f32.load(to.get), total.get))),
        ...x!.set(i32.add(x!.get, rowBytes.get)),
        ...out!.set(i32.add(out!.get, rowBytes.get)),
        ...advance(rows!, -1),
      ],
      rows!.get,
    ),
  ];
});

/** (addresses, out, count): the numbers at these addresses. */
const take = kernel(3, ([addresses, out, count], { local }) => {
  const end = local("i32");
  return [
    ...end.set(i32.add(out!.get, bytes(count!))),
    ...doWhile(
      [
        ...i32.store(out!.get, i32.load(i32.load(addresses!.get))),
        ...advance(addresses!, numberBytes),
        ...advance(out!, numberBytes),
      ],
      i32.lessUnsigned(out!.get, end.get),
    ),
  ];
});

function copyTo(from: Local, to: Code, end: Code, place: Local): Code {
  return [
    ...place.set(to),
    ...doWhile(
      [...v128.store(place.get, v128.load(from.get)), ...advance(from, lanesBytes), ...advance(place, lanesBytes)],
      i32.lessUnsigned(place.get, end),
    ),
  ];
}

/** (from, out, count): numbers that follow one another. */
const copy = kernel(3, ([from, out, count], { local }) => {
  const [place, end] = [local("i32"), local("i32")];
  return [...end.set(i32.add(out!.get, bytes(count!))), ...copyTo(from!, out!.get, end.get, place)];
});

/** (table, ids, out, count, width, rows): the rows of a table of `rows` rows. An id that is not one of them is a trap. */
const gather = kernel(6, ([table, ids, out, count, width, rows], { local }) => {
  const [id, from, place, end, rowBytes] = [local("i32"), local("i32"), local("i32"), local("i32"), local("i32")];
  return [
    ...rowBytes.set(bytes(width!)),
    ...doWhile(
      [
        ...id.set(i32.load(ids!.get)),
        ...when(i32.atLeastUnsigned(id.get, rows!.get), unreachable),
        ...from.set(i32.add(table!.get, i32.mul(id.get, rowBytes.get))),
        ...end.set(sum(out!.get, rowBytes.get)),
        ...copyTo(from, out!.get, end.get, place),
        ...out!.set(end.get),
        ...advance(ids!, numberBytes),
        ...advance(count!, -1),
      ],
      count!.get,
    ),
  ];
});

/** A function of a module, written where it is called. Kernels of one name are the same. */
export interface Kernel {
  readonly name: string;
  readonly write: () => ModuleFunction;
}

const written = {
  matmul,
  matmulOfRows,
  pack,
  softmax,
  sum: reduction(0, f32x4.add),
  max: reduction(-Infinity, f32x4.max),
  take,
  copy,
  gather,
  gatherSum,
  ...casts,
} as const;

/** The kernels that are the same in every module. */
export const kernels = Object.fromEntries(
  Object.entries(written).map(([name, code]): [string, Kernel] => [name, { name, write: () => code }]),
) as Readonly<Record<keyof typeof written, Kernel>>;

/** The kernel for products of so many rows, each of `inner` numbers, with packed weights. */
export function packedKernel(rows: PassRows, inner: number): Kernel {
  return { name: `packed ${rows} ${inner}`, write: () => packedMatmul(rows, inner) };
}

/** The kernel of an elementwise op for operands of which some are one number for all; undefined where none computes it. */
export function elementwiseKernel(op: OpName, type: LaneType, isScalar: readonly boolean[]): Kernel | undefined {
  const name = `${op} ${type} ${isScalar.join(" ")}`;
  const lanes = op === "select" ? select : (type === "float" ? floatLanes : intLanes)[op];
  if (lanes !== undefined) return { name, write: () => lanewise(isScalar, lanes) };
  const compute = type === "float" ? doubles[op] : undefined;
  return compute === undefined ? undefined : { name, write: () => onebyone(compute, isScalar.length) };
}

/** Whether an elementwise op's kernel can read one number for all. */
export function takesScalars(op: OpName): boolean {
  return doubles[op] === undefined;
}
