import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeSystemError, isSystemError } from "../../runtime/artifact/directory.js";
import { createFailure } from "../../runtime/failure.js";
import type { Outcome } from "../command.js";
import { starterFiles } from "../starter.js";

export interface InitResult {
  readonly directory: string;
  readonly files: readonly string[];
}

/** Writes the starter into a directory, making it; refuses when one of its files is there already. */
export async function runInit(directory: string): Promise<Outcome<InitResult>> {
  const files = Object.entries(starterFiles()).map(([name, text]) => ({ path: join(directory, name), text }));
  const present = files.find(({ path }) => existsSync(path));
  if (present !== undefined) throw createFailure("MTL8010", { file: present.path });
  try {
    await mkdir(directory, { recursive: true });
    for (const { path, text } of files) await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw createFailure("MTL8008", { file: directory, problem: describeSystemError(error) });
  }
  return { result: { directory, files: files.map((file) => file.path) }, exitCode: 0 };
}
