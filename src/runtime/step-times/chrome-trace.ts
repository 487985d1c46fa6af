/**
 * Spans in the trace event format of Chrome (complete events, microseconds), which `chrome://tracing`, Perfetto and Speedscope open:
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
 */
import type { StepPart } from "../../compiler/cost/index.js";
import type { TraceSpan } from "../engine/engine.js";

/** The text of the file. An op is of the category of its declaration and has op, part and phase as arguments. */
export function chromeTrace(
  spans: readonly TraceSpan[],
  partOf: (label: string | undefined) => StepPart,
  title: string,
): string {
  const threads = [...new Set(spans.map(({ thread }) => thread))];
  const named = [
    { ph: "M", pid: 1, tid: 0, name: "process_name", args: { name: title } },
    ...threads.map((name, tid) => ({ ph: "M", pid: 1, tid, name: "thread_name", args: { name } })),
  ];
  const events = spans.map(({ thread, start, end, name, kind, op, label }) => ({
    ph: "X",
    pid: 1,
    tid: threads.indexOf(thread),
    ts: start / 1000,
    dur: (end - start) / 1000,
    name,
    ...(kind === "op" ? opFields(op, partOf(label)) : { cat: kind }),
  }));
  const lines = [...named, ...events].map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines.join(",\n")}\n]}\n`;
}

function opFields(op: string | undefined, { name, kind, phase }: StepPart): object {
  return { cat: kind, args: { ...(op === undefined ? {} : { op }), ...(name === "" ? {} : { part: name }), phase } };
}
