import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  assertValidProgram,
  bindDims,
  checkProgram,
  eliminateDeadCode,
  type GraphFunction,
  type GraphNode,
  parseProgram,
  type Program,
} from "../../src/compiler/graph/index.js";
import { opCases } from "../engine/op-cases.js";
import { batch, randomProgram } from "./random-graph.js";

const source = `state w: float32[3, 2] parameter
  piece a row=0 rows=2 constant value=0
  piece b row=2 rows=1 constant value=0
state step: int32[] step
  piece step row=0 rows=1 constant value=0
function train
  %0: int32[B] = input name=ids type=int32[B]
  %1: float32[3, 2] = state name=w
  %2: int32[U0] = unique %0 dim=U0
  %3: float32[U0, 2] = gather %1 %2
  %4: float32[U0, 2] = tanh %3
  %5: int32[] = state name=step
  %6: float32[] = sum %3 axes=[0, 1] keepDims=false
  output loss = %6
  scatter w rows %2 = %4
  assign step = %5
`;

/** The problems of the program with one thing in its text replaced. */
function problems(from: string, to: string): readonly string[] {
  if (!source.includes(from)) throw new Error(`the program has no ${from}`);
  return checkProgram(parseProgram(source.replace(from, to)));
}

it("finds nothing wrong with a right program", () => {
  expect(checkProgram(parseProgram(source))).toEqual([]);
});

describe("finds", () => {
  const wrong: readonly [string, string, string, string][] = [
    ["a value that comes later", "gather %1 %2", "gather %1 %4", "`train` %3: reads %4, which is not before it"],
    ["a value that reads itself", "tanh %3", "tanh %4", "`train` %4: reads %4, which is not before it"],
    ["a value that is not there", "tanh %3", "tanh %99", "`train` %4: reads %99, which is not before it"],
    [
      "a wrong shape",
      "%4: float32[U0, 2]",
      "%4: float32[U0, 3]",
      "`train` %4: is typed float32[U0, 3]; it is float32[U0, 2]",
    ],
    ["a wrong element type", "%6: float32[]", "%6: int32[]", "`train` %6: is typed int32[]; it is float32[]"],
    ["inputs that do not fit the op", "tanh %3", "tanh %2", "`train` %4: `tanh` needs float32, has int32[U0]"],
    ["too many inputs", "tanh %3", "tanh %3 %3", "`train` %4: `tanh` takes 1 inputs, has 2"],
    ["attributes that do not fit", "axes=[0, 1]", "axes=[0, 2]", "`train` %6: `sum` has no axis 2 in float32[U0, 2]"],
    ["state that is not there", "state name=step", "state name=clock", "reads `clock`, which is not a state"],
    [
      "state of another type",
      "%1: float32[3, 2]",
      "%1: float32[4, 2]",
      "`train` %1: is typed float32[4, 2]; it is float32[3, 2]",
    ],
    [
      "an output that is not there",
      "output loss = %6",
      "output loss = %7",
      "output `loss` is %7, which does not exist",
    ],
    [
      "two outputs of one name",
      "output loss = %6",
      "output loss = %6\n  output loss = %3",
      "two outputs are called `loss`",
    ],
    ["an update that is not there", "rows %2 = %4", "rows %2 = %7", "the update of `w` reads %7, which does not exist"],
    ["an update of no state", "assign step", "assign clock", "the update of `clock` has no such state"],
    [
      "an update of another type",
      "assign step = %5",
      "assign step = %6",
      "the update of `step` is float32[]; the state is int32[]",
    ],
    [
      "rows that do not fit the table",
      "rows %2 = %4",
      "rows %2 = %6",
      "has the ids int32[U0] and the rows float32[] for float32[3, 2]",
    ],
    ["invalid ids", "scatter w rows %2 = %4", "scatter w rows %4 = %4", "has the ids float32[U0, 2]"],
    [
      "a scatter into a scalar",
      "assign step = %5",
      "scatter step rows %2 = %2",
      "has the ids int32[U0] and the rows int32[U0] for int32[]",
    ],
    [
      "two updates of one variable",
      "assign step = %5",
      "assign step = %5\n  assign step = %5",
      "two updates write `step`",
    ],
    ["a size from nowhere", "type=int32[B]", "type=int32[2*B]", "is typed int32[B]; it is int32[2*B]"],
    ["an invalid size", "%4: float32[U0, 2]", "%4: float32[U0*B, 2]", "`train` %4: has `U0*B` as a size"],
    [
      "a name for two sizes",
      "%2: int32[U0] = unique %0 dim=U0",
      "%2: int32[B] = unique %0 dim=B",
      "the size `B` already stands for another",
    ],
    ["a piece with a gap before it", "piece b row=2", "piece b row=1", "piece `b` of `w` does not start at row 2"],
    ["too few rows of pieces", "piece b row=2 rows=1", "piece b row=2 rows=0", "the pieces of `w` have 2 rows of 3"],
    ["two pieces of one name", "piece b", "piece a", "two pieces of `w` are called `a`"],
    ["a scalar in two pieces", "  piece step row=0 rows=1 constant value=0\n", "", "the scalar `step` has 0 pieces"],
    [
      "state of unknown size",
      "state w: float32[3, 2]",
      "state w: float32[V, 2]",
      "state `w` is float32[V, 2]: its sizes must be known",
    ],
    ["two variables of one name", "state step: int32[] step", "state w: int32[] step", "two variables are called `w`"],
    [
      "a size that nothing says",
      "%0: int32[B] = input name=ids type=int32[B]",
      "%0: int32[B] = state name=ids",
      "nothing says the size `B`",
    ],
  ];
  it.each(wrong)("%s", (_name, from, to, message) => {
    expect(problems(from, to).join("\n")).toContain(message);
  });

  it("one input of two types", () => {
    const [found] = problems("%5: int32[] = state name=step", "%5: int32[] = input name=ids type=int32[]");
    expect(found).toBe("`train`: input `ids` has two types");
  });

  it("two functions of one name", () => {
    const [fn] = parseProgram(source).functions;
    const { state } = parseProgram(source);
    expect(checkProgram({ state, functions: fn === undefined ? [] : [fn, fn] })).toEqual([
      "two functions are called `train`",
    ]);
  });

  it("an op that is not there", () => {
    const program = parseProgram(source);
    const rename = (node: GraphNode): GraphNode =>
      node.op === "tanh" ? ({ ...node, op: "fly" } as unknown as GraphNode) : node;
    const functions = program.functions.map((fn) => ({ ...fn, nodes: fn.nodes.map(rename) }));
    expect(checkProgram({ ...program, functions })).toContain("`train` %4: there is no op `fly`");
  });
});

it("throws all it finds at once", () => {
  const program = parseProgram(source.replace("tanh %3", "tanh %2").replace("loss = %6", "loss = %9"));
  expect(() => assertValidProgram(program)).toThrow(/tanh.*; .*`loss`/);
});

it("types every op as was written out by hand", () => {
  expect(checkProgram({ state: [], functions: opCases(20).map((each) => each.fn) })).toEqual([]);
});

describe("passes keep random programs well formed", () => {
  const holds = (pass: (fn: GraphFunction) => GraphFunction): void =>
    fc.assert(
      fc.property(randomProgram, ({ program }) => {
        const passed: Program = { ...program, functions: program.functions.map(pass) };
        expect(checkProgram(passed)).toEqual([]);
      }),
      { numRuns: 60, seed: 8 },
    );
  it("bindDims", () => holds((fn) => bindDims(fn, { B: batch })));
  it("eliminateDeadCode", () => holds((fn) => eliminateDeadCode({ ...fn, outputs: fn.outputs.slice(1), updates: [] })));
});
