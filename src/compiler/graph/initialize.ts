/**
 * First values of state variables. A number depends only on the seed, its piece's name and its index in the piece: not
 * on the engine, on the other variables, or on how tables are merged.
 */
import { sizeOf } from "./dims.js";
import type { Initializer, StatePiece, StateVariable } from "./graph.js";
import { createPhilox } from "./philox.js";

/** Rows of a variable and the numbers in one; a variable of no dimensions is one row of one number. */
export function rowsOf({ type }: StateVariable): { readonly rows: number; readonly width: number } {
  const [rows = 1, ...rest] = type.shape.map((dim) => sizeOf(dim, new Map()));
  return { rows, width: rest.reduce((product, side) => product * side, 1) };
}

/** Bytes of a variable's numbers, float32 or int32. */
export function stateBytes(variable: StateVariable): number {
  const { rows, width } = rowsOf(variable);
  return rows * width * 4;
}

/** Whether every number of a variable is zero as training starts. */
export function startsAtZero({ pieces }: StateVariable): boolean {
  return pieces.every(({ initializer }) => initializer.kind === "constant" && initializer.value === 0);
}

/** The whole variable, row-major. `seed` is a whole number; its low 32 bits count. */
export function initialize(variable: StateVariable, seed: number): Float32Array | Int32Array {
  return initializeRows(variable, seed, 0, rowsOf(variable).rows);
}

/** Normal numbers of a stream: number i is `center` + `scale` · the normal's quantile of `low` + `span` · the stream's share i. */
export interface NormalDraw {
  /** Of Philox, and the upper words of its counter. */
  readonly key: readonly [number, number];
  readonly upper: readonly [number, number, number];
  /** Index of the first number. */
  readonly start: number;
  readonly center: number;
  readonly scale: number;
  readonly low: number;
  readonly span: number;
}

/** Fills an array with normal numbers, bit by bit those of {@link drawNormal}. */
export type DrawNormal = (values: Float32Array, draw: NormalDraw) => void;

/** Rows [first, first + count) of what {@link initialize} gives, made by themselves. `draw`: what draws normal numbers. */
export function initializeRows(
  variable: StateVariable,
  seed: number,
  first: number,
  count: number,
  draw: DrawNormal = drawNormal,
): Float32Array | Int32Array {
  const { width } = rowsOf(variable);
  const values = variable.type.dtype === "float32" ? new Float32Array(count * width) : new Int32Array(count * width);
  for (const piece of variable.pieces) {
    const from = Math.max(first, piece.row);
    const to = Math.min(first + count, piece.row + piece.rows);
    if (from >= to) continue;
    const part = values.subarray((from - first) * width, (to - first) * width);
    fillPiece(part, piece, seed, (from - piece.row) * width, draw);
  }
  return values;
}

/** Fills in the elements of a piece from index `start` on. */
function fillPiece(
  values: Float32Array | Int32Array,
  { name, initializer }: StatePiece,
  seed: number,
  start: number,
  draw: DrawNormal,
): void {
  switch (initializer.kind) {
    case "constant":
      values.fill(initializer.value);
      return;
    case "diagonal": {
      const { on, off, size, block } = initializer;
      for (let at = 0; at < values.length; at += 1) {
        const pair = Math.floor((start + at) / block);
        values[at] = Math.floor(pair / size) === pair % size ? on : off;
      }
      return;
    }
    case "normal":
    case "truncated":
    case "uniform":
      fillRandom(values, initializer, { ...streamOf(name, seed), start }, draw);
      return;
  }
}

/** Word 3 of the counter; the op `random` has 0 there, so that no two draws share a counter. */
const purpose = 0x696e6974;

/** Key: the seed and a hash of the name. Counter: block, 0, a second hash of the name, and a word of its own. */
function streamOf(name: string, seed: number): Pick<NormalDraw, "key" | "upper"> {
  return { key: [seed, hashText(name, 0x811c9dc5)], upper: [0, hashText(name, 0x9747b28c), purpose] };
}

/** FNV-1a over the UTF-16 units, mixed at the end as MurmurHash3 does. */
function hashText(text: string, basis: number): number {
  let hash = basis;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

type RandomInitializer = Extract<Initializer, { kind: "normal" | "truncated" | "uniform" }>;

function fillRandom(
  values: Float32Array | Int32Array,
  initializer: RandomInitializer,
  stream: Pick<NormalDraw, "key" | "upper" | "start">,
  draw: DrawNormal,
): void {
  if (initializer.kind === "uniform") {
    const { low, high } = initializer;
    fillByShares(values, stream, (share) => low + (high - low) * share);
    return;
  }
  const scale = initializer.deviation;
  const normal =
    initializer.kind === "normal"
      ? { ...stream, center: initializer.mean, scale, low: 0, span: 1 }
      : { ...stream, center: 0, scale, low: beyond, span: 1 - 2 * beyond };
  if (values instanceof Float32Array) draw(values, normal);
  else fillByShares(values, stream, quantileOf(normal));
}

/** Number by number. */
export const drawNormal: DrawNormal = (values, draw) => fillByShares(values, draw, quantileOf(draw));

/** From a share of a stream to the number that it means. */
export function quantileOf({ center, scale, low, span }: NormalDraw): (share: number) => number {
  return (share) => center + scale * normalQuantile(low + share * span);
}

/** The share of a word: the middle of one of 2³² equal parts of (0, 1), never 0 or 1. */
export function shareOf(word: number): number {
  return (word + 0.5) / 0x100000000;
}

function fillByShares(
  values: Float32Array | Int32Array,
  { key, upper, start }: Pick<NormalDraw, "key" | "upper" | "start">,
  numberOf: (share: number) => number,
): void {
  const { words, block } = createPhilox(key, upper);
  for (let at = 0; at < values.length;) {
    const word = (start + at) % 4;
    block((start + at - word) / 4);
    for (let index = word; index < 4 && at < values.length; index += 1, at += 1)
      values[at] = numberOf(shareOf(words[index] ?? 0));
  }
}

/** Φ(−2): the share of a normal distribution that is more than two deviations below its mean. */
const beyond = 0.02275013194817921;

/**
 * The standard normal's quantile for a share in [2⁻³³, 1 − 2⁻³³], to 16 digits (Wichura: Algorithm AS 241: The Percentage
 * Points of the Normal Distribution, 1988). Chosen over Box–Muller as it needs no cosine, whose last digit differs between
 * JavaScript engines.
 */
export function normalQuantile(share: number): number {
  const offset = share - 0.5;
  if (Math.abs(offset) <= 0.425) {
    const r = 0.180625 - offset * offset;
    return (
      (offset *
        (((((((2509.0809287301227 * r + 33430.57558358813) * r + 67265.7709270087) * r + 45921.95393154987) * r +
          13731.69376550946) *
          r +
          1971.5909503065513) *
          r +
          133.14166789178438) *
          r +
          3.3871328727963665)) /
      (((((((5226.495278852854 * r + 28729.085735721943) * r + 39307.89580009271) * r + 21213.794301586597) * r +
        5394.196021424751) *
        r +
        687.1870074920579) *
        r +
        42.31333070160091) *
        r +
        1)
    );
  }
  const r = Math.sqrt(-Math.log(offset < 0 ? share : 1 - share)) - 1.6;
  const size =
    (((((((0.0007745450142783414 * r + 0.022723844989269184) * r + 0.2417807251774506) * r + 1.2704582524523684) * r +
      3.6478483247632045) *
      r +
      5.769497221460691) *
      r +
      4.630337846156546) *
      r +
      1.4234371107496835) /
    (((((((1.0507500716444169e-9 * r + 0.0005475938084995345) * r + 0.015198666563616457) * r + 0.14810397642748008) *
      r +
      0.6897673349851) *
      r +
      1.6763848301838038) *
      r +
      2.053191626637759) *
      r +
      1);
  return offset < 0 ? -size : size;
}
