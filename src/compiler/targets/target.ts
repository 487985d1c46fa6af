/** What a target is: a form that others can run a model in. A row of the table in `index.ts`. */
import { type GraphFunction, type OpSystem, opTable, type Program } from "../graph/index.js";
import type { Fitted, Model } from "../model/index.js";
import type { Span } from "../text/index.js";

/**
 * A part of a model that can be run from what a target emits. `train`, `evaluate` and `predict` are functions of the program;
 * `serving` is formulas, rules and rankings.
 */
export type Carried = "train" | "evaluate" | "predict" | "serving";

export interface Target {
  /** As `--target` has it. */
  readonly name: string;
  /** What it is, as one sentence without its full stop. */
  readonly summary: string;
  /** The folder, in an artifact or an output directory, that has its files and no others. */
  readonly folder: string;
  readonly carries: readonly Carried[];
  /** Whether every artifact has its files where it can carry the model; others are emitted when they are asked for. */
  readonly inEveryArtifact: boolean;
  /** Why it cannot carry a model; none where it can. Asked before training. */
  readonly refusals: (subject: TargetSubject) => readonly Refusal[];
  /** What a model that it carries leaves to whoever calls what it emits; absent: nothing. Asked only where there are no refusals. */
  readonly leftToCaller?: (subject: TargetSubject) => readonly LeftToCaller[];
  /** The files. The same input gives the same bytes. Called only where there are no refusals. */
  readonly emit: (input: TargetInput) => readonly TargetFile[];
}

/** What is known of a model before its data is read. */
export interface TargetSubject {
  readonly model: Model;
  /** Absent for a model without a network. Its sizes may be assumed ones: no data need have been read. */
  readonly program?: Program;
  /** What the training data decided, where it is known. */
  readonly fitted?: Fitted;
}

/** Something that a caller of a target's files does by itself. */
export interface LeftToCaller {
  /** What it is, and why: it ends the sentence "`onnx` leaves to its caller …". */
  readonly what: string;
  /** The location in the spec. */
  readonly span: Span;
  /** What to do, as a sentence without its full stop. */
  readonly instead: string;
}

/** Something that a target cannot carry. */
export interface Refusal {
  /** What it is, and why where that is not plain: it ends the sentence "the target `tfjs` cannot carry …". */
  readonly what: string;
  /** The location in the spec; absent for what no line caused. */
  readonly span?: Span;
  /** What to do instead, as a sentence without its full stop. */
  readonly instead?: string;
}

/** All that a target may make its files of. */
export interface TargetInput extends TargetSubject {
  /** The spec and the files it imports, the spec first; paths as they were read. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  /** What the training data decided. */
  readonly fitted: Fitted;
  /** Parameters and statistics. Only the content of a file may call it, since it reads a file that is written before. */
  readonly weights: StateBytes;
  /** Whether the weights are trained ones, not those that training starts with. */
  readonly trained: boolean;
  /** A text that mtlc's build made, by its path in the build: `serving-module/runtime.js`. */
  readonly built: (path: string) => string;
  /** Name and version of mtlc: `mtlc 0.1.0`. */
  readonly generator: string;
}

/** Bytes [from, to) of a state variable, row-major and little-endian, which stay as they are: many may be held. Throws when it has no value. */
export type StateBytes = (name: string, from: number, to: number) => Uint8Array;

export interface TargetFile {
  /** In the target's folder, with `/` between folders. */
  readonly path: string;
  /** Pieces are made as they are written, files in their order; a piece may be used again for the next. */
  readonly content: string | Uint8Array | (() => Iterable<Uint8Array>);
}

/** The ops of a function that cannot be said in a system: an entry for each op and location. */
export function opRefusals(system: OpSystem, fn: GraphFunction): readonly Refusal[] {
  const found = new Map<string, Refusal>();
  for (const { op, span } of fn.nodes) {
    if (!(opTable[op].missingIn ?? []).includes(system)) continue;
    const key = `${op} ${span?.file ?? ""}:${span?.start ?? ""}`;
    found.set(key, { what: `the op \`${op}\` of \`${fn.name}\``, ...(span === undefined ? {} : { span }) });
  }
  return [...found.values()];
}

/** A function of a program. Throws when there is none. */
export function functionNamed({ functions }: Program, name: string): GraphFunction {
  const found = functions.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`the program has no function \`${name}\``);
  return found;
}
