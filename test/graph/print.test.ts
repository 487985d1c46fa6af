import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProgram, printFunction, printProgram, type Program } from "../../src/compiler/graph/index.js";
import { opCases } from "../engine/op-cases.js";
import { randomProgram } from "./random-graph.js";

const program: Program = {
  state: [
    {
      name: "user.embedding",
      type: { dtype: "float32", shape: [3, 2] },
      pieces: [
        { name: "user.embedding", row: 0, rows: 2, initializer: { kind: "normal", mean: 0, deviation: 0.1 } },
        { name: "of item", row: 2, rows: 1, initializer: { kind: "uniform", low: -1, high: 1 } },
      ],
      role: "parameter",
    },
  ],
  functions: [
    {
      name: "predict",
      nodes: [
        {
          op: "input",
          inputs: [],
          attributes: { name: "ids", type: { dtype: "int32", shape: ["B"] } },
          type: { dtype: "int32", shape: ["B"] },
        },
        {
          op: "state",
          inputs: [],
          attributes: { name: "user.embedding" },
          type: { dtype: "float32", shape: [3, 2] },
        },
        {
          op: "gather",
          inputs: [1, 0],
          attributes: {},
          type: { dtype: "float32", shape: ["B", 2] },
          label: "bottom/0",
          span: { file: "my spec.mtl", start: 10, end: 14 },
        },
        {
          op: "reshape",
          inputs: [2],
          attributes: { shape: ["2*B"] },
          type: { dtype: "float32", shape: ["2*B"] },
          label: 'a "quoted" one',
        },
        {
          op: "constant",
          inputs: [],
          attributes: { type: { dtype: "float32", shape: [5] }, value: [0.1, -0, NaN, -Infinity, 1e-300] },
          type: { dtype: "float32", shape: [5] },
        },
        {
          op: "sum",
          inputs: [4],
          attributes: { axes: [], keepDims: true },
          type: { dtype: "float32", shape: [5] },
        },
      ],
      outputs: [
        { name: "rows", value: 3 },
        { name: "true", value: 5 },
      ],
      updates: [
        { kind: "scatter", state: "user.embedding", ids: 0, rows: 2 },
        { kind: "assign", state: "other", value: 4 },
      ],
    },
  ],
};

const text = `state user.embedding: float32[3, 2] parameter
  piece user.embedding row=0 rows=2 normal mean=0 deviation=0.1
  piece "of item" row=2 rows=1 uniform low=-1 high=1
function predict
  %0: int32[B] = input name=ids type=int32[B]
  %1: float32[3, 2] = state name=user.embedding
  %2: float32[B, 2] = gather %1 %0 @ label=bottom/0 span="my spec.mtl":10:14
  %3: float32[2*B] = reshape %2 shape=[2*B] @ label="a \\"quoted\\" one"
  %4: float32[5] = constant type=float32[5] value=[0.1, -0, nan, -inf, 1e-300]
  %5: float32[5] = sum %4 axes=[] keepDims=true
  output rows = %3
  output "true" = %5
  scatter user.embedding rows %0 = %2
  assign other = %4
`;

it("prints one line per node", () => {
  expect(printProgram(program)).toBe(text);
});

it("reads back what it prints", () => {
  expect(parseProgram(text)).toEqual(program);
});

it("leaves out labels and spans when asked to", () => {
  const [fn] = program.functions;
  if (fn === undefined) throw new Error("no function");
  expect(printFunction(fn, { origins: false })).not.toMatch(/label|span/);
});

describe("round trip", () => {
  it("of random programs", () => {
    fc.assert(
      fc.property(randomProgram, ({ program: original }) => {
        const printed = printProgram(original);
        expect(parseProgram(printed)).toEqual(original);
        expect(printProgram(parseProgram(printed))).toBe(printed);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it("of every op with its attributes", () => {
    const original = { state: [], functions: opCases(4).map((each) => each.fn) };
    expect(parseProgram(printProgram(original))).toEqual(original);
  });

  it("of any text and any number", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string(),
        fc.array(fc.double(), { minLength: 2 }),
        (name, label, value) => {
          const type = { dtype: "float32", shape: [value.length] } as const;
          const original: Program = {
            state: [],
            functions: [
              {
                name,
                nodes: [{ op: "constant", inputs: [], attributes: { type, value }, type, label }],
                outputs: [{ name: label, value: 0 }],
                updates: [],
              },
            ],
          };
          expect(parseProgram(printProgram(original))).toEqual(original);
        },
      ),
      { numRuns: 300, seed: 6 },
    );
  });
});

describe("text that does not read", () => {
  const wrong: readonly [string, string][] = [
    ["  output y = %0\n", "line 1: expected `state` or `function`, found `output`"],
    ["fonction f\n", "line 1: expected `function`, found `fonction`"],
    ["function f\n  %1: int32[] = state name=x\n", "line 2: expected `0`, found `1`"],
    ["function f\n  %0: int64[] = state name=x\n", "line 2: expected float32 or int32 or bool, found `int64`"],
    ["function f\n  %0: int32[] = fly name=x\n", "line 2: there is no op `fly`"],
    ["function f\n  %0: int32[3 = state name=x\n", "line 2: expected `,`, found `=`"],
    ["function f\n  output y =\n", "line 2: expected `%`, found the end of the line"],
    ["function f\n  output y = %0 %1\n", "line 2: expected the end of the line, found `%`"],
    ["function f\n  output ? = %0\n", "line 2: cannot read `? = %0`"],
    ['function "\\q"\n', 'line 1: "\\q" is not a text'],
    ["state w: int32[] pet\n", "line 1: expected parameter or slot or statistic or step, found `pet`"],
    ["function f\n  assign w = %1e\n", "line 2: expected a number, found `1e`"],
  ];
  it.each(wrong)("%j", (source, message) => {
    expect(() => parseProgram(source)).toThrow(message);
  });
});
