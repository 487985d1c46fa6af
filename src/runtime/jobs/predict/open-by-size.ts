/** The engine that computes a call of so many rows fastest. */
import { type GraphFunction, stateBytes, stateOf, type StateVariable } from "../../../compiler/graph/index.js";
import type { LoadedArtifact } from "../../artifact/index.js";
import { chooseEngine } from "../../engine/choose-engine.js";
import { type Engine, type EngineName, preferredEngine, type Session } from "../../engine/index.js";
import { isLarge } from "../../engine/engine.js";
import { functionOf, measuredProgram } from "../../engine/create-program.js";
import { createFusedEngine, openFusedIfThere } from "../../engine/fused/engine.js";
import { createNativeEngine } from "../../engine/native.js";
import { fillSession, heldReader } from "../../engine/state.js";
import type { TrainEvent } from "../../events.js";
import { openTrained } from "../evaluate.js";
import { type FewRows, openFewRows, planFewRows } from "./few-rows.js";
import { rowFlops } from "./row-flops.js";
import { type Caller, sizedCalls } from "./sized-calls.js";

export interface SizedSessions {
  readonly target: GraphFunction;
  readonly sessionFor: (rows: number) => Caller;
  readonly engineFor: (rows: number) => EngineName | "trees";
  /** Where one session of this thread computes calls of any size. */
  readonly single?: FileSession;
  readonly close: () => void;
}

/**
 * From so many floating-point operations on the native engine is faster than onnxruntime, which has one thread: `npm run bench -- predict`.
 * They are those of 500 rows of the MMoE of Census-Income.
 */
const nativeFlops = 7e7;

/** From which number of rows on at the earliest, at the latest, and where the operations of a row are not known. */
const nativeRows = { least: 64, most: 8192, unknown: 512 } as const;

/** Of the rows that `simd` is ahead of onnxruntime for, the part that it is ahead of `fused` for. */
const partBeforeFused = 1 / 4;

/** Bytes of weights that are held for two engines at most. */
const mostHeldTwice = 1 << 26;

/**
 * `predict` of an artifact: on the engine that was asked for, else on `fused` where it is there, else on onnxruntime where it is installed, else on the fastest that trains.
 * Calls of few rows go to the engine `simd`; calls of many from onnxruntime to the native engine where that is there, which is opened when
 * the first of them comes. `oneThread`: `fused` has no other threads.
 */
export async function openBySize(
  artifact: LoadedArtifact,
  preference: EngineName | undefined,
  oneThread = false,
): Promise<SizedSessions> {
  const wanted = preference ?? preferredEngine();
  if (artifact.ensembles !== undefined) {
    const { target, session } = await openTrained(artifact, () => chooseEngine(wanted), "predict");
    return { target, sessionFor: () => session, engineFor: () => "trees", close: () => session.close() };
  }
  const few = wanted === undefined ? openFew(artifact) : undefined;
  if (few?.rows === Infinity) {
    const { session, target, variables } = few;
    const single = { target, session, variables, engine: "simd" } as const;
    return { target, sessionFor: () => session, engineFor: () => "simd", single, close: () => session.close() };
  }
  const fused = wanted === undefined ? await openFused(artifact, oneThread) : undefined;
  if (fused !== undefined) {
    const isFew = (rows: number): boolean => few !== undefined && rows <= partBeforeFused * few.rows;
    return {
      target: fused.target,
      sessionFor: (rows) => (few !== undefined && isFew(rows) ? few.session : fused.caller),
      engineFor: (rows) => (isFew(rows) ? "simd" : "fused"),
      close: () => {
        fused.session.close();
        few?.session.close();
      },
    };
  }
  return openOthers(artifact, wanted, few);
}

/** A session of `fused` with the weights; undefined where its addon is not there and where it does not run the function. */
async function openFused(
  { program, state }: LoadedArtifact,
  oneThread: boolean,
): Promise<{ readonly target: GraphFunction; readonly session: Session; readonly caller: Caller } | undefined> {
  const target = functionOf(measuredProgram(program), "predict");
  const variables = stateOf(program, target);
  const session = openFusedIfThere({ state: variables, functions: [target] }, {}, oneThread ? 1 : undefined);
  const caller = session === undefined ? undefined : sizedCalls(session, target);
  if (session === undefined || caller === undefined) return undefined;
  await fillSession(session, variables, heldReader(state));
  return { target, session, caller };
}

/** The session of onnxruntime, or of an engine that trains, with those of few rows and of many beside it. */
async function openOthers(
  artifact: LoadedArtifact,
  wanted: EngineName | undefined,
  few: FewRows | undefined,
): Promise<SizedSessions> {
  const small = wanted === undefined ? await onnxEngine() : undefined;
  const engine = small ?? (await chooseEngine(wanted, undefined, "prediction"));
  const { target, session, variables } = await openTrained(artifact, () => Promise.resolve(engine), "predict");
  const mayBeNative = small !== undefined && isSmall(variables);
  let tried: { readonly session: Session | undefined } | undefined;
  /** Opened once, also where there is none. */
  const native = (): Session | undefined => (tried ??= { session: nativeSession(artifact, target, variables) }).session;
  const flops = rowFlops(target);
  const { least, most, unknown } = nativeRows;
  const many = flops === undefined ? unknown : Math.min(most, Math.max(least, nativeFlops / flops));
  const nativeFor = (rows: number): Session | undefined => (mayBeNative && rows >= many ? native() : undefined);
  const simdFor = (rows: number): Session | undefined =>
    few !== undefined && rows <= few.rows ? few.session : undefined;
  return {
    target,
    sessionFor: (rows) => simdFor(rows) ?? nativeFor(rows) ?? session,
    engineFor: (rows) =>
      simdFor(rows) !== undefined ? "simd" : nativeFor(rows) !== undefined ? "native" : engine.name,
    close: () => {
      session.close();
      few?.session.close();
      tried?.session?.close();
    },
  };
}

/** What predicts the rows of files. */
export interface FileSession {
  readonly target: GraphFunction;
  readonly session: Session;
  /** The state that the function reads. */
  readonly variables: readonly StateVariable[];
  readonly engine: EngineName;
}

/**
 * `predict` of an artifact for many rows: on the engine that was asked for, else on `simd` where that is ahead for calls of any size, else on `fused`
 * with one thread where it is there, else on onnxruntime where it is installed, else on the fastest that trains.
 */
export async function openForFiles(
  artifact: LoadedArtifact,
  preference: EngineName | undefined,
  onEvent: (event: TrainEvent) => void,
): Promise<FileSession> {
  const wanted = preference ?? preferredEngine();
  const tell = ({ name, description }: Engine): void => onEvent({ kind: "engine", engine: name, description });
  if (wanted === undefined && artifact.ensembles === undefined) {
    const few = openFew(artifact, (rows) => rows === Infinity);
    if (few !== undefined) {
      tell(few.engine);
      return { ...few, engine: "simd" };
    }
    const other = async (): Promise<Engine> =>
      (await onnxEngine()) ?? (await chooseEngine(preference, undefined, "prediction"));
    const engine = createFusedEngine(process.env, other, 1) ?? (await onnxEngine());
    if (engine !== undefined) {
      const opened = await openTrained(artifact, () => Promise.resolve(engine), "predict");
      const { by = engine } = opened.session;
      tell(by);
      return { ...opened, engine: by.name };
    }
  }
  const engine = await chooseEngine(preference, onEvent, "prediction");
  return { ...(await openTrained(artifact, () => Promise.resolve(engine), "predict")), engine: engine.name };
}

/** The session of few rows, and the function that it computes, where `isWanted` says so of the rows that it is for. */
function openFew(
  artifact: LoadedArtifact,
  isWanted: (rows: number) => boolean = () => true,
): (FewRows & Pick<FileSession, "target" | "variables"> & { readonly engine: Engine }) | undefined {
  const target = functionOf(measuredProgram(artifact.program), "predict");
  const variables = stateOf(artifact.program, target);
  const plan = planFewRows(target, variables);
  if (plan === undefined || !isWanted(plan.rows)) return undefined;
  const few = openFewRows(plan, artifact.state);
  return few === undefined ? undefined : { ...few, target, variables };
}

/** The engine `onnx` where its package is installed. */
async function onnxEngine(): Promise<Engine | undefined> {
  const { createOnnxEngine } = await import("../../engine/onnx/engine.js");
  const engine = createOnnxEngine();
  return "reasons" in engine ? undefined : engine;
}

/** A session of the native engine with the artifact's weights; undefined where that engine is not there. */
function nativeSession(
  { state }: LoadedArtifact,
  target: GraphFunction,
  variables: readonly StateVariable[],
): Session | undefined {
  const engine = createNativeEngine();
  if ("reasons" in engine) return undefined;
  const session = engine.openNow({ state: variables, functions: [target] });
  const read = new Set(variables.map(({ name }) => name));
  session.set(new Map([...state].filter(([name]) => read.has(name))));
  return session;
}

/** Whether the weights may be held for two engines. */
function isSmall(variables: readonly StateVariable[]): boolean {
  const bytes = variables.reduce((sum, variable) => sum + stateBytes(variable), 0);
  return bytes <= mostHeldTwice && !variables.some(isLarge);
}
