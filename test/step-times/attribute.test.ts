import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StepPart } from "../../src/compiler/cost/index.js";
import type { TraceSpan } from "../../src/runtime/engine/engine.js";
import { attribute, chromeTrace, timeParts } from "../../src/runtime/step-times/index.js";

const span = (thread: string, start: number, end: number, rest: Partial<TraceSpan> = {}): TraceSpan => ({
  thread,
  start,
  end,
  name: rest.op ?? "x",
  kind: "op",
  ...rest,
});

describe("time of a call", () => {
  it("is the innermost op's on a thread, and nobody's where ops are started or waited for", () => {
    const spans = [
      span("a", 0, 100, { kind: "start" }),
      span("a", 10, 60, { op: "Outer", label: "t" }),
      span("a", 20, 30, { op: "Inner", label: "t" }),
      span("a", 30, 35, { op: "Inner", label: "t" }),
      span("a", 40, 50, { kind: "wait" }),
      span("a", 90, 95, { op: "Outer", label: "u" }),
    ];
    expect(attribute(spans, 120)).toEqual({
      ops: [
        { op: "Outer", label: "t", nanoseconds: 25, count: 1 },
        { op: "Inner", label: "t", nanoseconds: 15, count: 2 },
        { op: "Outer", label: "u", nanoseconds: 5, count: 1 },
      ],
      between: 75,
    });
  });

  it("is shared by what runs at the same moment on several threads", () => {
    const spans = [
      span("a", 0, 100, { op: "A" }),
      span("b", 50, 150, { op: "B" }),
      span("c", 70, 100, { op: "A" }),
      // Of no length.
      span("c", 90, 90, { op: "C" }),
    ];
    const { ops, between } = attribute(spans, 150);
    const times = Object.fromEntries(ops.map(({ op, nanoseconds }) => [op, nanoseconds]));
    expect(times).toEqual({ A: 50 + 10 + 20, B: 10 + 10 + 50, C: 0 });
    expect(between).toBeCloseTo(0, 9);
  });

  it("is all given away, whatever the spans are", () => {
    const thread = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.constantFrom("op", "start", "wait")), { maxLength: 8 });
    // Spans of a thread are apart or within one another: those that are neither are left out.
    const nested = (name: string, rows: [number, number, string][]): TraceSpan[] => {
      const kept: TraceSpan[] = [];
      for (const [from, size, kind] of rows) {
        const next = span(name, from, from + size, { kind: kind as TraceSpan["kind"], op: kind });
        const crosses = kept.some(
          ({ start, end }) =>
            (start < next.start && next.start < end && end < next.end) ||
            (next.start < start && start < next.end && next.end < end),
        );
        if (!crosses) kept.push(next);
      }
      return kept;
    };
    fc.assert(
      fc.property(thread, thread, (a, b) => {
        const { ops, between } = attribute([...nested("a", a), ...nested("b", b)], 200);
        const sum = ops.reduce((total, { nanoseconds }) => total + nanoseconds, between);
        expect(sum).toBeCloseTo(200, 9);
        expect(ops.every(({ nanoseconds }) => nanoseconds >= 0)).toBe(true);
      }),
    );
  });
});

const partOf = (label = ""): StepPart => ({
  name: label.replace(/^gradient\//, ""),
  kind: "tower",
  phase: label.startsWith("gradient/") ? "gradient" : "forward",
});

describe("time of a step", () => {
  it("is that of all steps by their number, by part and phase and by op", () => {
    const spans = [
      span("a", 0, 2e6, { op: "MatMul", label: "t" }),
      span("a", 2e6, 6e6, { op: "MatMul", label: "gradient/t" }),
      span("a", 6e6, 7e6, { op: "Sum", label: "u" }),
    ];
    expect(timeParts({ steps: 2, spans, running: 8, feeding: 1 }, partOf)).toEqual({
      traced: 4.5,
      feeding: 0.5,
      between: 0.5,
      parts: [
        { name: "t", kind: "tower", forward: 1, gradient: 2, update: 0, total: 3 },
        { name: "u", kind: "tower", forward: 0.5, gradient: 0, update: 0, total: 0.5 },
      ],
      ops: [
        { op: "MatMul", total: 3, count: 1 },
        { op: "Sum", total: 0.5, count: 0.5 },
      ],
    });
  });

  it("goes into a file of events, a thread a line of its own", () => {
    const spans = [span("main", 1500, 4000, { op: "MatMul", label: "t" }), span("b", 0, 10, { kind: "wait" })];
    expect(JSON.parse(chromeTrace(spans, partOf, "m: 2 steps"))).toEqual({
      displayTimeUnit: "ms",
      traceEvents: [
        { ph: "M", pid: 1, tid: 0, name: "process_name", args: { name: "m: 2 steps" } },
        { ph: "M", pid: 1, tid: 0, name: "thread_name", args: { name: "main" } },
        { ph: "M", pid: 1, tid: 1, name: "thread_name", args: { name: "b" } },
        {
          ph: "X",
          pid: 1,
          tid: 0,
          ts: 1.5,
          dur: 2.5,
          name: "MatMul",
          cat: "tower",
          args: { op: "MatMul", part: "t", phase: "forward" },
        },
        { ph: "X", pid: 1, tid: 1, ts: 0, dur: 0.01, name: "x", cat: "wait" },
      ],
    });
  });
});
