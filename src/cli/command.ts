import type { DocumentName } from "./documents.js";
import type { OptionTable, OptionValues } from "./option.js";
import type { Terminal } from "./terminal.js";

/** The arguments of a command that are not options. */
export interface PositionalSpec {
  /** As usage shows it: `SPEC`. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly doc: string;
}

/**
 * What the output of a command is. `answer`: what was asked for. `stream`: rows as they come, of which a reader may have
 * enough. `files`: what it leaves is elsewhere, and the output tells of it.
 */
export type OutputKind = "answer" | "stream" | "files";

/** A command as help shows it and as arguments are checked against. */
export interface CommandSpec<T extends OptionTable = OptionTable> {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs under the usage line. */
  readonly about: readonly string[];
  readonly positional: PositionalSpec;
  readonly options: T;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** An answer unless it says otherwise. */
  output?(options: OptionValues<T>, words: readonly string[]): OutputKind;
}

/** A command line that fits its command's table. */
export interface Call<T extends OptionTable = OptionTable> {
  readonly arguments: readonly string[];
  readonly options: OptionValues<T>;
}

/**
 * 0: done; 1: the spec, the data or the run has errors; 2: the command line is wrong; 130 and 143: ended by Ctrl-C or SIGTERM;
 * 141: nobody read the output.
 */
export type ExitCode = 0 | 1 | 2 | 130 | 141 | 143;

/** What a command found, for a view to show; commands print nothing. */
export interface Outcome<R> {
  readonly result: R;
  readonly exitCode: ExitCode;
}

/** A result as people and as programs read it. */
export interface View<R> {
  readonly document: DocumentName;
  readonly human: (result: R, terminal: Terminal) => string;
  /** The members of the document, besides its format and version. */
  readonly json: (result: R) => object;
}

/** A command with what runs it; `run` loads what it needs, so that a command pays for nothing else. */
export interface Command {
  readonly spec: CommandSpec;
  readonly run: (call: Call, terminal: Terminal) => Promise<ExitCode>;
}

/** Ties a command's table to its run function and keeps the options' types between them. */
export function defineCommand<const T extends OptionTable>(
  spec: CommandSpec<T>,
  run: (call: Call<T>, terminal: Terminal) => Promise<ExitCode>,
): Command {
  // The parser fills the options from this very table, so the values have the types that it says.
  return { spec, run: (call, terminal) => run(call as Call<T>, terminal) };
}

/** `mtlc train SPEC -o DIR [options]`. */
export function usageLine(spec: CommandSpec): string {
  const { name, min, max } = spec.positional;
  const names = `${name}${max > name.split(" ").length ? "…" : ""}`;
  const argument = max === 0 ? "" : ` ${min === 0 ? `[${names}]` : names}`;
  return `mtlc ${spec.name}${argument}${Object.keys(spec.options).length > 0 ? " [options]" : ""}`;
}
