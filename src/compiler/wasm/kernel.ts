/**
 * What kernels are written with. A kernel is a function of a module that takes byte addresses and counts. It computes four numbers at once and
 * may write up to three numbers past the end of what it is asked for, in the order of addresses: rows that follow are written later, and
 * behind each value are bytes that nobody reads.
 */
import { type Code, i32, i32x4, type Local, localAt, type ValueType } from "./instructions.js";
import type { ModuleFunction } from "./module.js";

/** Bytes of a number of any element type, as booleans are int32, and of four. */
export const numberBytes = 4;
export const lanesBytes = 16;

export interface Locals {
  readonly local: (type: ValueType) => Local;
}

/** So many of them, where the number is known. */
type Params<Count extends number, Found extends readonly Local[] = readonly []> = number extends Count
  ? readonly Local[]
  : Found["length"] extends Count
    ? Found
    : Params<Count, readonly [...Found, Local]>;

/** @param result the type of the value that `write` leaves on the stack, if it leaves one */
export function kernel<const Count extends number>(
  inputs: Count,
  write: (params: Params<Count>, locals: Locals) => Code,
  result?: ValueType,
): ModuleFunction {
  const types: ValueType[] = [];
  const local = (type: ValueType): Local => localAt(inputs + types.push(type) - 1);
  const params = Array.from({ length: inputs }, (_, at) => localAt(at));
  const body = write(params as readonly Local[] as Params<Count>, { local });
  return { inputs, locals: types, body, ...(result === undefined ? {} : { result }) };
}

export const bytes = (count: Local): Code => i32.shiftLeft(count.get, i32.const(2));
export const advance = (pointer: Local, by: number): Code => pointer.set(i32.add(pointer.get, i32.const(by)));
export const sum = (...terms: readonly Code[]): Code => terms.reduce((a, b) => i32.add(a, b));

/** Four times zero, of any type. */
export const zeros = i32x4.splat(i32.const(0));
