/** What becomes of a command whose output nobody takes: it never looks like success. */
import { describeSystemError } from "../runtime/artifact/directory.js";
import type { ExitCode, OutputKind } from "./command.js";

export interface OutputGuard {
  /** What the output of the command that runs is; until it is known, an answer. */
  readonly expect: (kind: OutputKind) => void;
  /** Whether the output is rows as they come, each on a line of its own. */
  readonly isStream: () => boolean;
  /** False when nothing that is written to the stream arrives any more. */
  readonly isOpen: (stream: "out" | "err") => boolean;
  /** The exit code of a command that ended with `code`; output that is found lost later changes it still. */
  readonly settle: (code: ExitCode) => ExitCode;
}

/** As a shell says of a program that ended because its reader went away: 128 and the number of SIGPIPE. */
const closedCode = 141;

/** Watches the standard streams of this process from now on. */
export function guardOutput(): OutputGuard {
  const { stdout, stderr } = process;
  const closed = { out: false, err: false };
  let kind: OutputKind = "answer";
  let lost: ExitCode = 0;
  let settled: ExitCode | undefined;
  const codeOf = (code: ExitCode): ExitCode => (code === 0 ? lost : code);
  const lose = (code: ExitCode): void => {
    // What a command leaves in files is its result, whoever read along.
    if (code === closedCode && kind === "files") return;
    lost = code;
    if (settled !== undefined) process.exitCode = codeOf(settled);
    else if (kind === "stream") process.exit(code);
  };
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (closed.out) return;
    closed.out = true;
    if (error.code === "EPIPE") return lose(closedCode);
    const problem = describeSystemError(Object.assign(error, { code: error.code ?? "" }));
    if (!closed.err) stderr.write(`error[MTL8008]: standard output cannot be written: ${problem}\n`);
    lose(1);
  });
  stderr.on("error", () => {
    closed.err = true;
  });
  return {
    expect: (next) => {
      kind = next;
      if (kind === "files" && lost === closedCode) lost = 0;
      if (kind === "stream" && closed.out) process.exit(lost);
    },
    isStream: () => kind === "stream",
    isOpen: (stream) => !closed[stream],
    settle: (code) => {
      settled = code;
      return codeOf(code);
    },
  };
}
