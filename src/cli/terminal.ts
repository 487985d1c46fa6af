import { createStyle, type Style } from "./style.js";

/** Where a command's text goes and comes from. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress, diagnostics, hints. */
  readonly err: (text: string) => void;
  /** Whether a person watches `err`, so that a line may be redrawn. */
  readonly isInteractive: boolean;
  /** Columns of `err`. */
  readonly width: number;
  readonly outStyle: Style;
  readonly errStyle: Style;
  /** All of standard input, as UTF-8. */
  readonly readInput: () => Promise<string>;
}

/** The terminal of this process. `NO_COLOR` turns colour off, a pipe does as well, `FORCE_COLOR` turns it on. */
export function createTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const { stdout, stderr, stdin } = process;
  const colour = (stream: NodeJS.WriteStream): boolean => {
    if ((environment["NO_COLOR"] ?? "") !== "") return false;
    if ((environment["FORCE_COLOR"] ?? "") !== "") return environment["FORCE_COLOR"] !== "0";
    return stream.isTTY && environment["TERM"] !== "dumb";
  };
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isInteractive: stderr.isTTY && environment["TERM"] !== "dumb" && (environment["CI"] ?? "") === "",
    width: stderr.isTTY ? stderr.columns : 100,
    outStyle: createStyle(colour(stdout)),
    errStyle: createStyle(colour(stderr)),
    readInput: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("utf8");
    },
  };
}

/** A reader that goes away (`mtlc eval … | head -1`) ends the process quietly, as it ends other programs. */
export function exitOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
}
