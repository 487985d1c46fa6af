import type { ExitCode, Outcome, View } from "./command.js";
import { documentText } from "./documents.js";
import type { Terminal } from "./terminal.js";

/** Prints a result the way that was asked for, and hands its exit code on. */
export function show<R>(
  terminal: Terminal,
  format: "human" | "json",
  view: View<R>,
  { result, exitCode }: Outcome<R>,
): ExitCode {
  terminal.out(format === "json" ? documentText(view.document, view.json(result)) : view.human(result, terminal));
  return exitCode;
}
