import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFailure } from "../runtime/failure.js";
import { isStandardInput, readStandardInput } from "../runtime/specs/standard-input.js";

/**
 * Does work on data files, with standard input put aside as a file for as long as the work takes: Parquet by its first
 * bytes, JSON lines where they begin with a brace, else CSV. `spec`: what is read beside, which cannot be `-` as well.
 * Throws MTL8040.
 */
export async function withDataInput<T>(
  files: readonly string[],
  work: (files: readonly string[]) => Promise<T>,
  { spec = "" }: { readonly spec?: string } = {},
): Promise<T> {
  const asked = [spec, ...files].filter(isStandardInput).length;
  if (asked > 1) throw createFailure("MTL8040", { problem: "holds one file, and two arguments name it" });
  if (!files.some(isStandardInput)) return work(files);
  const folder = await mkdtemp(join(tmpdir(), "mtlc-input-"));
  try {
    const content = readStandardInput();
    const path = join(folder, `standard-input.${endingOf(content)}`);
    await writeFile(path, content);
    return await work(files.map((file) => (isStandardInput(file) ? path : file)));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function endingOf(content: Buffer): string {
  if (content.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  return /^(?:\uFEFF)?\s*\{/.test(content.subarray(0, 4096).toString("utf8")) ? "jsonl" : "csv";
}
