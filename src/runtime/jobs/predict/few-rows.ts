/** The session that computes calls of few rows, where a large runtime takes most of the time for the call itself. */
import { countFlops } from "../../../compiler/cost/index.js";
import { functionInputs, type GraphFunction, stateBytes, type StateVariable } from "../../../compiler/graph/index.js";
import { opRefusals } from "../../../compiler/targets/target.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import { type HostTensor, isLarge } from "../../engine/engine.js";
import type { Session } from "../../engine/index.js";
import { createSimdEngine } from "../../engine/simd/engine.js";

/**
 * From so many floating-point operations on, a runtime computes faster by more than its call takes: `npm run bench -- predict`. The MMoE
 * of Census-Income has 140,000 a row.
 */
const mostFlops = 4e6;

/** Rows of a call at most, however few operations they have. */
const mostRows = 64;

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
  const feeds = feedsOfOneRow(target);
  const copied = sum(variables.filter((variable) => !isLarge(variable)).map(stateBytes));
  if (feeds === undefined || copied > mostCopied) return undefined;
  const rows = Math.min(mostRows, Math.floor(mostFlops / sum([...countFlops(target).values()])));
  if (rows < 1) return undefined;
  const session = engine.openNow({ state: variables, functions: [target] });
  const read = new Set(variables.map(({ name }) => name));
  session.set(new Map([...state].filter(([name]) => read.has(name))));
  for (let made = 0; made < warmCalls; made += 1) session.run(target.name, feeds);
  return { session, rows };
}

/** Zeros for one row; undefined where sizes other than the number of rows are open. */
function feedsOfOneRow(target: GraphFunction): Readonly<Record<string, HostTensor>> | undefined {
  const inputs = functionInputs(target);
  if (inputs.some(({ type }) => type.shape.some((size) => typeof size === "string" && size !== "B"))) return undefined;
  const feeds = inputs.map(({ name, type }): [string, HostTensor] => {
    const shape = type.shape.map((size) => (size === "B" ? 1 : Number(size)));
    const elements = shape.reduce((product, size) => product * size, 1);
    return [name, { shape, data: type.dtype === "float32" ? new Float32Array(elements) : new Int32Array(elements) }];
  });
  return Object.fromEntries(feeds);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
