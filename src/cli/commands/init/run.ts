import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeFailure } from "../../../runtime/artifact/directory.js";
import { createFailure } from "../../../runtime/failure.js";
import { type FirstSpec, guessFirstSpec } from "../../../runtime/first-spec/index.js";
import type { Outcome } from "../../command.js";
import { starterFiles } from "./starter.js";
import { makeFolder } from "../../../runtime/make-folder.js";

export interface InitResult {
  readonly directory: string;
  readonly files: readonly string[];
  /** What was guessed of a data file, and the file. */
  readonly guessed?: Omit<FirstSpec, "text" | "candidates"> & { readonly from: string };
}

/** Writes the starter into a directory, making it; refuses when one of its files is there already. */
export async function runInit(directory: string): Promise<Outcome<InitResult>> {
  const files = await writeNew(directory, starterFiles());
  return { result: { directory, files }, exitCode: 0 };
}

export interface InitFrom {
  readonly from: string;
  /** Default: the file's name without its endings. */
  readonly directory: string | undefined;
  readonly labels: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** Writes a first spec of a data file into a directory, which reads the file where it is. */
export async function runInitFrom({ from, directory, labels, signal }: InitFrom): Promise<Outcome<InitResult>> {
  const folder = directory ?? (basename(from).replace(/\..*$/, "") || "first");
  refusePresent(folder, ["model.mtl", "candidates.jsonl"]);
  const { text, candidates, ...guessed } = await guessFirstSpec({ file: from, folder, labels, signal });
  const files = await writeNew(folder, {
    "model.mtl": text,
    "candidates.jsonl": candidates.map((line) => `${line}\n`).join(""),
  });
  return { result: { directory: folder, files, guessed: { ...guessed, from } }, exitCode: 0 };
}

function refusePresent(directory: string, names: readonly string[]): void {
  const present = names.map((name) => join(directory, name)).find((path) => existsSync(path));
  if (present !== undefined) throw createFailure("MTL8010", { file: present });
}

async function writeNew(directory: string, texts: Readonly<Record<string, string>>): Promise<readonly string[]> {
  refusePresent(directory, Object.keys(texts));
  const files = Object.entries(texts).map(([name, text]) => ({ path: join(directory, name), text }));
  try {
    makeFolder(directory);
    for (const { path, text } of files) await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    throw writeFailure(error, directory);
  }
  return files.map(({ path }) => path);
}
