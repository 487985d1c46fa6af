/**
 * Instructions of WebAssembly with SIMD, as bytes (the core specification 2.0, chapter 5). An expression is the bytes that leave its value
 * on the stack; a statement leaves nothing.
 */

/** Bytes of an expression or a statement. */
export type Code = readonly number[];

/** Parts behind one another. `flat` takes thirty times as long. */
export function joined(parts: readonly Code[]): Code {
  const code: number[] = [];
  for (const part of parts) for (const byte of part) code.push(byte);
  return code;
}

export type ValueType = "i32" | "f32" | "f64" | "v128";

export const valueTypes: Readonly<Record<ValueType, number>> = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** LEB128 of a number of at most 32 bits without a sign. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** LEB128 of a number of at most 32 bits with a sign. */
function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const isLast = (rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

function floatBytes(value: number): Code {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

function doubleBytes(value: number): Code {
  return [...new Uint8Array(Float64Array.of(value).buffer)];
}

type Unary = (value: Code) => Code;
type Binary = (a: Code, b: Code) => Code;

const unary =
  (...opcode: Code): Unary =>
  (value) => [...value, ...opcode];
const binary =
  (...opcode: Code): Binary =>
  (a, b) => [...a, ...b, ...opcode];
/** An instruction of the SIMD page: its number is LEB128 after the prefix. */
const simd = (number: number): Code => [0xfd, ...unsigned(number)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  load: (address: Code, offset = 0): Code => [...address, 0x28, 2, ...unsigned(offset)],
  /** One byte, without a sign. */
  loadByte: (address: Code, offset = 0): Code => [...address, 0x2d, 0, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [...address, ...value, 0x36, 2, ...unsigned(offset)],
  isZero: unary(0x45),
  equal: binary(0x46),
  less: binary(0x48),
  lessUnsigned: binary(0x49),
  more: binary(0x4a),
  atLeast: binary(0x4e),
  atLeastUnsigned: binary(0x4f),
  /** Zeros below the lowest bit that is set; 32 where none is. */
  trailingZeros: unary(0x68),
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shiftLeft: binary(0x74),
  shiftRightUnsigned: binary(0x76),
  /** Toward zero; what is out of range becomes the nearest, NaN 0. */
  ofFloat: unary(0xfc, 0x00),
} as const;

export const f32 = {
  const: (value: number): Code => [0x43, ...floatBytes(value)],
  load: (address: Code): Code => [...address, 0x2a, 2, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0],
  add: binary(0x92),
  div: binary(0x95),
  max: binary(0x97),
  ofInt: unary(0xb2),
  ofDouble: unary(0xb6),
} as const;

export const f64 = {
  const: (value: number): Code => [0x44, ...doubleBytes(value)],
  load: (address: Code): Code => [...address, 0x2b, 3, 0],
  store: (address: Code, value: Code): Code => [...address, ...value, 0x39, 3, 0],
  equal: binary(0x61),
  abs: unary(0x99),
  neg: unary(0x9a),
  add: binary(0xa0),
  sub: binary(0xa1),
  mul: binary(0xa2),
  div: binary(0xa3),
  max: binary(0xa5),
  /** Of an int32 with a sign. */
  ofInt: unary(0xb7),
  ofFloat: unary(0xbb),
} as const;

export const v128 = {
  const: (bytes: Code): Code => [...simd(0x0c), ...bytes],
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), 0, ...unsigned(offset)],
  /** One number of four bytes in all four lanes. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...simd(0x09), 2, ...unsigned(offset)],
  /** One number of eight bytes in both lanes. */
  loadSplatDouble: (address: Code, offset = 0): Code => [...address, ...simd(0x0a), 3, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    0,
    ...unsigned(offset),
  ],
  and: binary(...simd(0x4e)),
  or: binary(...simd(0x50)),
  xor: binary(...simd(0x51)),
  /** Whether any bit is set. */
  any: unary(...simd(0x53)),
  /** The bits of `a` where those of `mask` are set, else those of `b`. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...simd(0x52)],
} as const;

/** Sixteen lanes of a byte without a sign; comparisons give masks. */
export const i8x16 = {
  splat: unary(...simd(0x0f)),
  equal: binary(...simd(0x23)),
  more: binary(...simd(0x28)),
  /** The highest bit of each lane, the first lane lowest. */
  bits: unary(...simd(0x64)),
  add: binary(...simd(0x6e)),
  sub: binary(...simd(0x71)),
  /** Lanes of `a` in the order that `lanes` say; 0 for a lane that there is not. */
  pick: (a: Code, lanes: Code): Code => [...a, ...lanes, ...simd(0x0e)],
  /** Lanes of `a`, and from 16 on those of `b`, in an order. */
  shuffle: (a: Code, b: Code, order: Code): Code => [...a, ...b, ...simd(0x0d), ...order],
  /** Products of the first eight lanes, in eight lanes of 16 bits. */
  mulLow: binary(...simd(0x9e)),
  /** Products of the last eight lanes. */
  mulHigh: binary(...simd(0x9f)),
} as const;

/** Eight int16 lanes. */
export const i16x8 = {
  /** Sums of the products of neighbours, in four int32 lanes. */
  dot: binary(...simd(0xba)),
} as const;

/** Four int32 lanes; comparisons give masks. */
export const i32x4 = {
  splat: unary(...simd(0x11)),
  lane: (value: Code, lane: number): Code => [...value, ...simd(0x1b), lane],
  withLane: (value: Code, lane: number, number: Code): Code => [...value, ...number, ...simd(0x1c), lane],
  equal: binary(...simd(0x37)),
  notEqual: binary(...simd(0x38)),
  less: binary(...simd(0x39)),
  lessEqual: binary(...simd(0x3d)),
  neg: unary(...simd(0xa1)),
  /** Every lane by as many bits, an int32. */
  shiftRightUnsigned: binary(...simd(0xad)),
  add: binary(...simd(0xae)),
  sub: binary(...simd(0xb1)),
  mul: binary(...simd(0xb5)),
  min: binary(...simd(0xb6)),
  max: binary(...simd(0xb8)),
  /** Of floats, toward zero. */
  ofFloats: unary(...simd(0xf8)),
} as const;

/** Four float32 lanes; comparisons give masks, and minimum and maximum pass NaN on. */
export const f32x4 = {
  splat: unary(...simd(0x13)),
  lane: (value: Code, lane: number): Code => [...value, ...simd(0x1f), lane],
  equal: binary(...simd(0x41)),
  notEqual: binary(...simd(0x42)),
  less: binary(...simd(0x43)),
  lessEqual: binary(...simd(0x45)),
  abs: unary(...simd(0xe0)),
  neg: unary(...simd(0xe1)),
  sqrt: unary(...simd(0xe3)),
  add: binary(...simd(0xe4)),
  sub: binary(...simd(0xe5)),
  mul: binary(...simd(0xe6)),
  div: binary(...simd(0xe7)),
  min: binary(...simd(0xe8)),
  max: binary(...simd(0xe9)),
  ofInts: unary(...simd(0xfa)),
} as const;

/** Two float64 lanes. */
export const f64x2 = {
  add: binary(...simd(0xf0)),
  sub: binary(...simd(0xf1)),
  mul: binary(...simd(0xf2)),
} as const;

const noValue = 0x40;

/** Does `body` as often as `condition` holds before it. */
export function whileTrue(condition: Code, body: Code): Code {
  return when(condition, doWhile(body, condition));
}

/** Does `body` once, and again as long as `condition` holds after it. */
export function doWhile(body: Code, condition: Code): Code {
  return [0x03, noValue, ...body, ...condition, 0x0d, 0, 0x0b];
}

export function when(condition: Code, body: Code): Code {
  return [...condition, 0x04, noValue, ...body, 0x0b];
}

/** `a` where the condition holds, else `b`; both are computed. */
export function select(a: Code, b: Code, condition: Code): Code {
  return [...a, ...b, ...condition, 0x1b];
}

export const unreachable: Code = [0x00];

/** Calls a function with the values of `inputs`. */
export function call(index: number, ...inputs: readonly Code[]): Code {
  return [...joined(inputs), 0x10, ...unsigned(index)];
}

/** A parameter or a local variable of a function. */
export interface Local {
  readonly get: Code;
  readonly set: (value: Code) => Code;
}

export function localAt(index: number): Local {
  return { get: [0x20, ...unsigned(index)], set: (value) => [...value, 0x21, ...unsigned(index)] };
}
