/** The events of TensorFlow's recorder as spans: what each is, and which part of the program it computes. */
import type { NodeLabels } from "../../../compiler/targets/savedmodel/index.js";
import type { TraceSpan } from "../engine.js";
import type { RecordedEvent } from "./addon.js";
import type { CompiledOps } from "./compiled-labels.js";

/** Of a thread that waits for others. */
const waits: ReadonlySet<string> = new Set(["SessionRun", "BlockUntilReady"]);

/** Events that are within the op that causes them, and are part of it. */
const partOfOp: ReadonlySet<string> = new Set(["ParallelFor", "SlinkyThreadPool::Await"]);

/** Events that hold what an op does but are no work themselves. */
const around = /^(?:Executor|ThunkExecutor|CpuExecutable|TFE_)/;

/** @param labels of the nodes of TensorFlow, by their names; @param compiled see {@link CompiledOps} */
export function nativeSpans(
  events: readonly RecordedEvent[],
  labels: NodeLabels,
  compiled: CompiledOps,
): readonly TraceSpan[] {
  return events.flatMap(([thread, text, start, end]): readonly TraceSpan[] => {
    const { name, fields } = readEvent(text);
    const place = { thread, start, end, name };
    if (partOfOp.has(name)) return [];
    if (waits.has(name)) return [{ ...place, kind: "wait" }];
    if (around.test(name)) return [{ ...place, kind: "start" }];
    const [module, instruction] = [fields.get("hlo_module"), fields.get("hlo_op")];
    if (module !== undefined && instruction !== undefined) {
      const found = compiled.get(module)?.get(instruction);
      return [{ ...place, kind: "op", ...compiledOp(found, labels) }];
    }
    const [, node, op] = /^(.+):([A-Za-z_]\w*)$/.exec(name) ?? [];
    if (node === undefined || op === undefined) return [{ ...place, kind: "start" }];
    const label = labelOf(node, labels.graph);
    // A call of a function holds the spans of what it computes.
    return [{ ...place, kind: callOps.has(op) ? "start" : "op", op, ...(label === undefined ? {} : { label }) }];
  });
}

const callOps: ReadonlySet<string> = new Set(["StatefulPartitionedCall", "PartitionedCall", "While", "StatelessWhile"]);

function compiledOp(
  found: { readonly type: string; readonly node: string } | undefined,
  labels: NodeLabels,
): Pick<TraceSpan, "op" | "label"> {
  if (found === undefined) return { op: "compiled" };
  const label = labelOf(found.node, labels.compiled);
  return { op: found.type, ...(label === undefined ? {} : { label }) };
}

/** `name#key=value,key=value#` */
function readEvent(text: string): { readonly name: string; readonly fields: ReadonlyMap<string, string> } {
  const at = text.indexOf("#");
  if (at < 0) return { name: text, fields: new Map() };
  const fields = text
    .slice(at + 1, text.lastIndexOf("#"))
    .split(",")
    .map((field): [string, string] => {
      const equals = field.indexOf("=");
      return [field.slice(0, equals), field.slice(equals + 1)];
    });
  return { name: text.slice(0, at), fields: new Map(fields) };
}

/**
 * The label of a node that may have got more names in front of its own, as one within a loop does, or one behind it, as one that
 * TensorFlow has made of several.
 */
function labelOf(node: string, labels: ReadonlyMap<string, string>): string | undefined {
  for (let rest = node; ;) {
    const found = labels.get(rest) ?? labels.get(rest.slice(0, Math.max(0, rest.lastIndexOf("/"))));
    if (found !== undefined) return found;
    const slash = rest.indexOf("/");
    if (slash < 0) return undefined;
    rest = rest.slice(slash + 1);
  }
}
