/**
 * A first spec of a file: its columns are counted, what they are is guessed, and the guess is a spec that checks and
 * trains. guess.ts has the rules, text.ts the spec, sniff.ts how the file is read.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve, sep } from "node:path";
import { format } from "../../compiler/format/index.js";
import { createMemoryHost } from "../../compiler/host.js";
import { compileSpec } from "../../compiler/compile.js";
import { isName, isUrl, omitUndefined, suggest } from "../../compiler/text/index.js";
import { type FileProfile, listNames, profileFile } from "../data/index.js";
import { describeSystemError, isSystemError } from "../artifact/directory.js";
import { createFailure } from "../failure.js";
import { guessColumns, itemColumn } from "./guess.js";
import { sniffFormat } from "./sniff.js";
import { firstSpec } from "./text.js";

/** Rows that are counted: the first ones of the file. */
const sampledRows = 200_000;
/** Candidates to try a ranking on. */
const triedRows = 30;

export interface FirstSpecOptions {
  /** The data file. */
  readonly file: string;
  /** The folder that the spec will be in. */
  readonly folder: string;
  /** Columns that are labels; guessed without. */
  readonly labels?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface FirstSpec {
  /** The spec in its canonical layout. */
  readonly text: string;
  readonly rows: number;
  readonly labels: readonly string[];
  readonly group?: string;
  /** The column that tells candidates apart, where one looks like it. */
  readonly item?: string;
  /** Some rows of the file, of one group where there is one: candidates to try a ranking on, as JSON lines. */
  readonly candidates: readonly string[];
}

/**
 * Guesses a spec. Throws a Failure for a file that cannot be read, a label that is not a column, and a file without anything
 * that could be a label (MTL7160) or a feature (MTL7161).
 */
export async function guessFirstSpec(options: FirstSpecOptions): Promise<FirstSpec> {
  const { file, folder, labels = [], signal } = options;
  const isElsewhere = isUrl(file);
  if (!isElsewhere) await checkReadable(file);
  const sniffed = isElsewhere ? undefined : await sniffFormat(file);
  const work = mkdtempSync(join(tmpdir(), "mtlc-init-"));
  try {
    return await profileFile(
      file,
      { folder: work, rows: sampledRows, signal, ...(sniffed === undefined ? {} : { reading: sniffed.reading }) },
      async (profile) => {
        checkLabels(file, labels, profile);
        const guess = await guessColumns(profile, labels);
        if (guess.labels.length === 0)
          throw createFailure("MTL7160", { file, columns: listNames(profile.columns.map(({ name }) => name)) });
        if (guess.features.length === 0) throw createFailure("MTL7161", { file });
        const path = isElsewhere ? file : relative(resolve(folder), resolve(file)).split(sep).join("/");
        const text = firstSpec(guess, {
          shown: basename(file),
          path,
          rows: profile.rows,
          model: modelName(folder, file),
          groups: profile.columns.find(({ name }) => name === guess.group)?.distinct ?? 0,
          ...(sniffed?.text === undefined ? {} : { format: sniffed.text }),
        });
        const item = itemColumn(profile.columns);
        const most = profile.columns.find(({ name }) => name === guess.group)?.top[0];
        const of =
          guess.group === undefined || most === undefined ? undefined : { column: guess.group, value: most.value };
        return {
          candidates: await profile.lines(triedRows, of),
          text: await checked(text),
          rows: profile.rows,
          labels: guess.labels.map(({ column }) => column),
          ...omitUndefined({ group: guess.group, item }),
        };
      },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function checkReadable(file: string): Promise<void> {
  try {
    if ((await stat(file)).isFile()) return;
    throw createFailure("MTL8007", { file, problem: "it is not a file" });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw createFailure("MTL8007", { file, problem: describeSystemError(error) });
  }
}

function checkLabels(file: string, labels: readonly string[], { columns }: FileProfile): void {
  const names = columns.map(({ name }) => name);
  const unknown = labels.find((label) => !names.includes(label));
  if (unknown === undefined) return;
  const suggestion = suggest(unknown, names);
  const details = suggestion === undefined ? {} : { help: `did you mean \`${suggestion}\`?` };
  throw createFailure("MTL7160", { file, columns: listNames(names), label: unknown }, undefined, details);
}

/** A name of the language from the folder, else from the file. */
function modelName(folder: string, file: string): string {
  for (const text of [basename(resolve(folder)), basename(file).replace(/\..*$/, "")]) {
    const made = text.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^_+|_+$/g, "");
    if (isName(made)) return made;
  }
  return "first";
}

/** The text laid out; a guess that does not check would be a bug in mtlc. */
async function checked(text: string): Promise<string> {
  const laidOut = await format(text);
  const { diagnostics } = compileSpec("model.mtl", createMemoryHost({ "model.mtl": laidOut }));
  const error = diagnostics.find(({ severity }) => severity === "error");
  if (error !== undefined)
    throw new Error(`the guessed spec does not check: ${error.code} ${error.message}\n${laidOut}`);
  return laidOut;
}
