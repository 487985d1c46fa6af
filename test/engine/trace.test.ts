import { describe, expect, it } from "vitest";
import type { Program } from "../../src/compiler/graph/graph.js";
import { readModule } from "../../src/runtime/engine/trace/compiled-labels.js";
import { nativeSpans } from "../../src/runtime/engine/trace/native-spans.js";
import { describeEngines } from "./engines.js";

const type = { dtype: "float32", shape: ["B", 2] } as const;

/** Two labels, and an update of a variable. */
const program: Program = {
  state: [
    {
      name: "w",
      type: { dtype: "float32", shape: [1, 2] },
      role: "parameter",
      pieces: [{ name: "w", row: 0, rows: 1, initializer: { kind: "constant", value: 0 } }],
    },
  ],
  functions: [
    {
      name: "train",
      nodes: [
        { op: "input", inputs: [], attributes: { name: "x", type }, type },
        { op: "softmax", inputs: [0], attributes: {}, type, label: "first" },
        { op: "neg", inputs: [1], attributes: {}, type, label: "gradient/second" },
        {
          op: "sum",
          inputs: [2],
          attributes: { axes: [0], keepDims: true },
          type: { dtype: "float32", shape: [1, 2] },
          label: "gradient/second",
        },
      ],
      outputs: [{ name: "y", value: 2 }],
      updates: [{ kind: "assign", state: "w", value: 3 }],
    },
  ],
};

describeEngines("the trace of a session", (engine, name) => {
  it("has what was computed, with the labels of the program", async () => {
    const session = await (await engine()).open(program, { traced: true });
    const feeds = { x: { shape: [2, 2], data: Float32Array.of(1, 1, 2, 2) } };
    session.run("train", feeds);
    const spans = session.trace?.(() => void session.run("train", feeds)) ?? [];
    const labels = new Set(spans.flatMap(({ kind, label }) => (kind === "op" && label !== undefined ? [label] : [])));
    // The engines on TensorFlow.js take a variable's new value as it is.
    expect([...labels].sort()).toEqual(["first", "gradient/second", ...(name === "native" ? ["update/w"] : [])]);
    expect(spans.every(({ start, end }) => start >= 0 && end >= start && end < 60e9)).toBe(true);
    expect(session.run("train", feeds)["y"]?.data).toEqual(Float32Array.of(-0.5, -0.5, -0.5, -0.5));
    session.close();
  });

  it("is not there where nobody asked for it", async () => {
    const session = await (await engine()).open(program);
    expect(session.trace).toBe(undefined);
    session.close();
  });
});

describe("what an op of a compiled function computes", () => {
  const text = `HloModule train_compiled__.16, is_scheduled=true

%fused_computation (param_0: f32[4]) -> f32[4] {
  %param_0 = f32[4]{0} parameter(0)
  %neg.1 = f32[4]{0} negate(%param_0), metadata={op_type="Neg" op_name="body/loss/t"}
  ROOT %add.2 = f32[4]{0} add(%neg.1, %param_0), metadata={op_type="AddV2" op_name="body/gradient/t_3" source_line=10}
}

ENTRY %main (arg0: f32[4]) -> f32[4] {
  %arg0 = f32[4]{0} parameter(0)
  %wrapped = f32[4]{0} fusion(%arg0), kind=kLoop, calls=%fused_computation
  ROOT %dot.7 = f32[4]{0} custom-call(%wrapped), metadata={op_type="MatMul" op_name="body/t_1"}
}
`;

  it("is what XLA says of it, or of the result of the computation that it calls", () => {
    const found = readModule(text);
    expect(found.get("dot.7")).toEqual({ type: "MatMul", node: "body/t_1" });
    expect(found.get("wrapped")).toEqual({ type: "AddV2", node: "body/gradient/t_3" });
    expect(found.get("arg0")).toBe(undefined);
  });

  it("is found by module and instruction, or else by the node's name within a loop", () => {
    const labels = {
      graph: new Map([["body/embeddings", "user/embeddings/8"]]),
      compiled: new Map([["body/t_1", "t"]]),
    };
    const events = [
      ["one", "dot.7#hlo_op=dot.7,hlo_module=m.1,run_id=-1#", 0, 5],
      ["one", "dot.8#hlo_op=dot.8,hlo_module=m.1#", 5, 6],
      ["one", "train_steps/loop/body/_1/body/embeddings:ResourceGather#shape=(float[2,3])#", 6, 7],
      ["one", "train/body/embeddings/unary_ops_composition:_UnaryOpsComposition", 6, 7],
      ["one", "train/call:StatefulPartitionedCall", 0, 7],
      ["one", "ParallelFor", 6, 7],
      ["two", "BlockUntilReady", 0, 7],
      ["two", "ExecutorState::Process#id=1#", 7, 8],
    ] as const;
    const compiled = new Map([["m.1", new Map([["dot.7", { type: "MatMul", node: "while/body/t_1" }]])]]);
    const spans = nativeSpans(events, labels, compiled);
    expect(spans.map(({ kind, op, label }) => [kind, op, label])).toEqual([
      ["op", "MatMul", "t"],
      ["op", "compiled", undefined],
      ["op", "ResourceGather", "user/embeddings/8"],
      ["op", "_UnaryOpsComposition", "user/embeddings/8"],
      ["start", "StatefulPartitionedCall", undefined],
      ["wait", undefined, undefined],
      ["start", undefined, undefined],
    ]);
  });
});
