/** Reads checked arguments with their types; a mismatch is a bug of the checker or of the built-in's own parameters. */
import type { Arguments, ArgumentValue } from "../model/model.js";

export function numberArgument(args: Arguments, name: string): number {
  const value = args[name];
  if (typeof value !== "number") throw new Error(`the argument ${name} is not a number`);
  return value;
}

export function textArgument(args: Arguments, name: string): string {
  const value = args[name];
  if (typeof value !== "string") throw new Error(`the argument ${name} is not a name`);
  return value;
}

export function booleanArgument(args: Arguments, name: string): boolean {
  const value = args[name];
  if (typeof value !== "boolean") throw new Error(`the argument ${name} is neither true nor false`);
  return value;
}

export function listsArgument(args: Arguments, name: string): readonly (readonly number[])[] {
  const value = args[name];
  if (!Array.isArray(value)) throw new Error(`the argument ${name} is not a list`);
  return value.map((item) => numbersArgument({ item: item as ArgumentValue }, "item"));
}

export function numbersArgument(args: Arguments, name: string): readonly number[] {
  const value = args[name];
  if (!Array.isArray(value)) throw new Error(`the argument ${name} is not a list`);
  return value.map((item) => {
    if (typeof item !== "number") throw new Error(`the argument ${name} holds something that is not a number`);
    return item;
  });
}

/** Absent where nobody gave it. */
export function optionalNumber(args: Arguments, name: string): number | undefined {
  return args[name] === null || args[name] === undefined ? undefined : numberArgument(args, name);
}
