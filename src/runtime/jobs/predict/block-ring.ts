/**
 * Blocks of rows in memory that threads share: one thread fills them, and whoever has time works them off, that thread among them. No message goes between
 * them: a thread that computes would read it late.
 */

/** What threads are given of a ring. */
export interface RingMemory {
  /** Int32: how often something changed, whether no block comes any more, how often a block was left by who took it, and of each block its state and its rows. */
  readonly control: SharedArrayBuffer;
  readonly blocks: readonly SharedArrayBuffer[];
  /** What became of each block. */
  readonly results: readonly SharedArrayBuffer[];
}

/** A block that a thread works on. */
export interface TakenBlock {
  readonly at: number;
  readonly rows: number;
}

const changesAt = 0;
const closedAt = 1;
const leftAt = 2;
const firstBlock = 3;
const wordsOfBlock = 2;

const states = { free: 0, full: 1, taken: 2, done: 3 } as const;

export function createRing(blocks: number, blockBytes: number, resultBytes: number): RingMemory {
  const memory = (bytes: number): readonly SharedArrayBuffer[] =>
    Array.from({ length: blocks }, () => new SharedArrayBuffer(bytes));
  return {
    control: new SharedArrayBuffer(4 * (firstBlock + wordsOfBlock * blocks)),
    blocks: memory(blockBytes),
    results: memory(resultBytes),
  };
}

/** The side of the thread that fills. */
export interface RingFiller {
  /** A block that may be filled; `onDone` is told of one that was worked off, whose result is there until this returns. Undefined where others work on all, or will. */
  readonly free: (onDone: (at: number) => void) => number | undefined;
  /** `onDone` is told of each block that was worked off; all of them may be filled then. */
  readonly collect: (onDone: (at: number) => void) => void;
  /** `wakes`: whether threads that sleep are told; those that work find the block without. Default: yes. */
  readonly put: (at: number, rows: number, wakes?: boolean) => void;
  /** No block comes any more. */
  readonly close: () => void;
}

export function fillRing({ control, blocks }: RingMemory): RingFiller {
  const words = new Int32Array(control);
  const change = (at: number, value: number, wakes = true): void => {
    Atomics.store(words, at, value);
    Atomics.add(words, changesAt, 1);
    if (wakes) Atomics.notify(words, changesAt);
  };
  return {
    free: (onDone) => {
      for (let at = 0; at < blocks.length; at += 1) {
        const state = Atomics.load(words, placeOf(at));
        if (state === states.done) onDone(at);
        if (state !== states.done && state !== states.free) continue;
        Atomics.store(words, placeOf(at), states.free);
        return at;
      }
      return undefined;
    },
    collect: (onDone) => {
      for (let at = 0; at < blocks.length; at += 1) {
        if (Atomics.load(words, placeOf(at)) !== states.done) continue;
        onDone(at);
        Atomics.store(words, placeOf(at), states.free);
      }
    },
    put: (at, rows, wakes) => {
      words[placeOf(at) + 1] = rows;
      change(placeOf(at), states.full, wakes);
    },
    close: () => change(closedAt, 1),
  };
}

/** Takes a full block; undefined where there is none. */
export function takeBlock({ control, blocks }: RingMemory): TakenBlock | undefined {
  const words = new Int32Array(control);
  for (let at = 0; at < blocks.length; at += 1)
    if (Atomics.compareExchange(words, placeOf(at), states.full, states.taken) === states.full)
      return { at, rows: words[placeOf(at) + 1]! };
  return undefined;
}

/** Says that the result of a block is there. */
export function finishBlock(ring: RingMemory, { at }: TakenBlock): void {
  leaveBlock(ring, at, states.done);
}

/** Gives a block back that could not be worked off. */
export function returnBlock(ring: RingMemory, { at }: TakenBlock): void {
  leaveBlock(ring, at, states.full);
}

function leaveBlock({ control }: RingMemory, at: number, state: number): void {
  const words = new Int32Array(control);
  Atomics.store(words, placeOf(at), state);
  Atomics.add(words, leftAt, 1);
  Atomics.notify(words, leftAt);
}

/** Looks at a block before the thread sleeps: some 20 µs, which is what it takes to wake up. */
const mostLooks = 500;

/** Waits while another thread works on a block; false where no thread has left any for `most` milliseconds. */
export function awaitBlock({ control }: RingMemory, at: number, most: number): boolean {
  const words = new Int32Array(control);
  for (let looks = 0; ; looks += 1) {
    const left = Atomics.load(words, leftAt);
    if (Atomics.load(words, placeOf(at)) !== states.taken) return true;
    if (looks >= mostLooks && Atomics.wait(words, leftAt, left, most) === "timed-out")
      return Atomics.load(words, placeOf(at)) !== states.taken;
  }
}

/** Works on blocks until none comes any more, and waits for them; not in the thread that fills. */
export function workOff(ring: RingMemory, work: (block: TakenBlock) => void): void {
  const words = new Int32Array(ring.control);
  for (;;) {
    const changes = Atomics.load(words, changesAt);
    const isClosed = Atomics.load(words, closedAt) === 1;
    const block = takeBlock(ring);
    if (block !== undefined) {
      work(block);
      finishBlock(ring, block);
    } else if (isClosed) return;
    else Atomics.wait(words, changesAt, changes);
  }
}

function placeOf(block: number): number {
  return firstBlock + wordsOfBlock * block;
}
