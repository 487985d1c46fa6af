/** The session that computes calls of few rows, where a large runtime takes most of the time for the call itself. */
import {
  functionInputs,
  type GraphFunction,
  sizeOfShape,
  stateBytes,
  type StateVariable,
} from "../../../compiler/graph/index.js";
import { opRefusals } from "../../../compiler/targets/target.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import { type HostTensor, isLarge } from "../../engine/engine.js";
import type { Session } from "../../engine/index.js";
import { createSimdEngine } from "../../engine/simd/engine.js";
import { rowFlops } from "./row-flops.js";

/**
 * From so many floating-point operations on, a runtime computes faster by more than its call takes: `npm run bench -- predict`. The MMoE
 * of Census-Income has 140,000 a row.
 */
const mostFlops = 4e6;

/** Rows of a call at most, however few operations they have. */
const mostRows = 256;

/** Bytes of weights that are copied at most, once as they are and once as products read them; large tables are read where they are. */
const mostCopied = 1 << 25;

/** Calls that make the code of a session fast before the first of a user. */
const warmCalls = 200;

export interface FewRows {
  readonly session: Session;
  /** Rows of a call that it is the fastest for, at most. */
  readonly rows: number;
}

/** A session of the engine `simd` with the artifact's weights, warm; undefined where it cannot compute the function or is not faster. */
export function openFewRows(
  { state }: LoadedArtifact,
  target: GraphFunction,
  variables: readonly StateVariable[],
): FewRows | undefined {
  const engine = createSimdEngine();
  if ("reasons" in engine || opRefusals("simd", target).length > 0) return undefined;
  const flops = rowFlops(target);
  const copied = variables.reduce((total, variable) => total + (isLarge(variable) ? 0 : stateBytes(variable)), 0);
  if (flops === undefined || flops > mostFlops || copied > mostCopied) return undefined;
  const rows = Math.min(mostRows, Math.floor(mostFlops / flops));
  const session = engine.openNow({ state: variables, functions: [target] }, { rowsApart: true });
  const read = new Set(variables.map(({ name }) => name));
  session.set(new Map([...state].filter(([name]) => read.has(name))));
  const feeds = feedsOfOneRow(target);
  for (let made = 0; made < warmCalls; made += 1) session.run(target.name, feeds);
  return { session, rows };
}

/** Zeros for one row. */
function feedsOfOneRow(target: GraphFunction): Readonly<Record<string, HostTensor>> {
  const feeds = functionInputs(target).map(({ name, type }): [string, HostTensor] => {
    const shape = type.shape.map((size) => (size === "B" ? 1 : Number(size)));
    const elements = sizeOfShape(shape);
    return [name, { shape, data: type.dtype === "float32" ? new Float32Array(elements) : new Int32Array(elements) }];
  });
  return Object.fromEntries(feeds);
}
