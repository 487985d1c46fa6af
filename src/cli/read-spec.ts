import { readFileSync } from "node:fs";
import { describeSystemError, isSystemError } from "../runtime/artifact/directory.js";
import { createFailure } from "../runtime/failure.js";
import { isStandardInput, readStandardInput } from "../runtime/specs/standard-input.js";

/** The text of a spec's file. Throws a {@link Failure} (MTL8007) when it cannot be read. */
export function readSpec(path: string): string {
  try {
    return isStandardInput(path) ? readStandardInput().toString("utf8") : readFileSync(path, "utf8");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw createFailure("MTL8007", { file: path, problem: describeSystemError(error) });
  }
}
