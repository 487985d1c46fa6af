import { rename, rm, writeFile } from "node:fs/promises";
import { writeFailure } from "../runtime/artifact/directory.js";
import type { ExitCode } from "./command.js";
import type { Terminal } from "./terminal.js";

export const outputOption = {
  kind: "text",
  short: "o",
  value: "FILE",
  doc: "write to a file instead of standard output",
} as const;

/** A text that a command made: on standard output, or whole in place of a file. Throws MTL8008. */
export async function printText(terminal: Terminal, text: string, output: string | undefined): Promise<ExitCode> {
  if (output === undefined) {
    terminal.out(text);
    return 0;
  }
  const { randomUUID } = await import("node:crypto");
  const aside = `${output}.${randomUUID()}`;
  try {
    await writeFile(aside, text);
    await rename(aside, output);
  } catch (error) {
    await rm(aside, { force: true });
    throw writeFailure(error, output);
  }
  terminal.err(`wrote ${output}\n`);
  return 0;
}
