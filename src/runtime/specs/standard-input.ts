/** Standard input where a command takes a file: `-`, or `/dev/stdin`. */
import { readFileSync } from "node:fs";
import { createFailure } from "../failure.js";

export function isStandardInput(path: string): boolean {
  return path === "-" || path === "/dev/stdin";
}

let content: Buffer | undefined;

/** All of standard input; the same however often it is asked for. Throws a Failure (MTL8007) when it cannot be read. */
export function readStandardInput(): Buffer {
  try {
    content ??= readFileSync(0);
    return content;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw createFailure("MTL8007", { file: "-", problem });
  }
}
