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

/** The terminal of this process; what no reader takes is dropped. `NO_COLOR` turns colour off, a pipe does as well, `FORCE_COLOR` turns it on. */
export function createTerminal(
  environment: NodeJS.ProcessEnv,
  isOpen: (stream: "out" | "err") => boolean = () => true,
): Terminal {
  const { stdout, stderr, stdin } = process;
  const colour = (stream: NodeJS.WriteStream): boolean => {
    if ((environment["NO_COLOR"] ?? "") !== "") return false;
    if ((environment["FORCE_COLOR"] ?? "") !== "") return environment["FORCE_COLOR"] !== "0";
    return stream.isTTY && environment["TERM"] !== "dumb";
  };
  return {
    out: (text) => void (isOpen("out") && stdout.write(text)),
    err: (text) => void (isOpen("err") && stderr.write(text)),
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
