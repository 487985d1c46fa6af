/** What the addon of the fused engine offers, and the one that this process has loaded, for those who use it only where it is there and need not know how it is found. */

/** Tiles of AMX, or dot products of AVX-512 BF16. */
export type Bfloat16Kind = "tiles" | "dots";

/** A plan in the addon's memory. */
export type PlanHandle = object & { readonly handle?: never };

export interface StepsAddon {
  /** `words`: the plan as `encodePlan` writes it. `given`: state and constants, which the plan reads and writes where they are. */
  create(words: Float64Array, given: readonly (Float32Array | Int32Array)[]): PlanHandle;
  /**
   * Runs it `count` times over queues of inputs and outputs, in the order of the plan. `isAlone`: in this thread only, with the same numbers.
   */
  run(plan: PlanHandle, queues: readonly (Float32Array | Int32Array)[], count: number, isAlone: boolean): void;
  /**
   * Begins to note what is done, or ends it: four numbers for each, the part, the instruction's place in the plan, and from when to when in
   * nanoseconds.
   */
  trace(plan: PlanHandle, on: boolean): Float64Array;
  /** Zeros in memory that is read by random access with fewer misses than others, if it is large, and made by so many threads. Throws where the system has not as much. */
  allocate(bytes: number, threads: number): ArrayBuffer;
  /**
   * Stored rows (`records.ts`) at some places as the arrays of a batch of as many: ids, numbers, labels, which of these are known, and weights. Throws for a place that is
   * outside.
   */
  arrange(records: Int32Array, places: Int32Array, parts: readonly (Float32Array | Int32Array)[]): void;
  /**
   * Normal numbers of a stream as `initialize.ts` draws them. A few may differ, as logarithms of libraries do: of these the answer has (place, word) behind one another. `settings`: key (two words), upper
   * words of the counter (three), index of the first number, center, scale, low and span of the shares. `threads`: at most so many.
   */
  drawNormal(numbers: Float32Array, settings: readonly number[], threads: number): Uint32Array;
  /** Copies runs of `width` numbers, each a stride behind the one before it: as many as `to` has room for. Throws where `from` has fewer. */
  copyRows(
    from: Float32Array | Int32Array,
    fromStride: number,
    to: Float32Array | Int32Array,
    toStride: number,
    width: number,
  ): void;
  /** Of the instructions, by code. */
  names(): readonly string[];
  /** The kind of instructions that products of bfloat16 are made of here; else what has none of them that pays, and products are of float32 only. */
  bfloat16(): Bfloat16Kind | "processor" | "compiler";
}

export interface FoundAddon {
  readonly addon: StepsAddon;
  /** As `AVX-512`. */
  readonly vectors: string;
}

let loaded: FoundAddon | undefined;

export function loadedAddon(): FoundAddon | undefined {
  return loaded;
}

/** Keeps it, if there is one, and gives it back. */
export function keepAddon(found: FoundAddon | undefined): FoundAddon | undefined {
  loaded = found;
  return found;
}
