/**
 * The command line: words in, an exit code out. It finds the command, hands its table and words to the parser, and turns
 * whatever is thrown into diagnostics; it knows no command by name.
 */
import { definitionOf } from "../compiler/diagnostics/index.js";
import { suggest } from "../compiler/text/index.js";
import { createFailure, Failure } from "../runtime/failure.js";
import { version } from "../runtime/version.js";
import { parseCall } from "./arguments.js";
import type { Command, ExitCode } from "./command.js";
import { commandHelp, overview } from "./help.js";
import { guardOutput, type OutputGuard } from "./output-guard.js";
import { createTerminal, type Terminal } from "./terminal.js";
import { verbs } from "./commands/index.js";

/** Runs a command line (without `node` and the script) to its exit code. Never throws. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  const guard = guardOutput();
  const terminal = createTerminal(process.env, guard.isOpen);
  try {
    return guard.settle(await dispatch(words, terminal, guard));
  } catch (error) {
    return guard.settle(await report(error, words, terminal, guard));
  }
}

async function dispatch(words: readonly string[], terminal: Terminal, guard: OutputGuard): Promise<ExitCode> {
  const [name, ...rest] = words;
  if (name === undefined) {
    terminal.err(overview(verbs, terminal.errStyle));
    return 2;
  }
  if (name === "--version" || name === "-V") {
    terminal.out(`${version}\n`);
    return 0;
  }
  const wantsHelp = name === "help" || name === "--help" || name === "-h";
  const asked = wantsHelp ? rest[0] : name;
  if (asked === undefined) {
    terminal.out(overview(verbs, terminal.outStyle));
    return 0;
  }
  const command = findCommand(asked);
  const own = rest.slice(0, rest.includes("--") ? rest.indexOf("--") : undefined);
  if (wantsHelp || own.includes("--help") || own.includes("-h")) {
    terminal.out(commandHelp(command.spec, terminal.outStyle));
    return 0;
  }
  const call = parseCall(command.spec, rest);
  guard.expect(command.spec.output?.(call.options, call.arguments) ?? "answer");
  return command.run(call, terminal);
}

function findCommand(name: string): Command {
  const found = verbs.find(({ spec }) => spec.name === name);
  if (found !== undefined) return found;
  const suggestion = suggest(
    name,
    verbs.map(({ spec }) => spec.name),
  );
  throw createFailure("MTL8001", { command: name, suggestion });
}

async function report(
  error: unknown,
  words: readonly string[],
  terminal: Terminal,
  guard: OutputGuard,
): Promise<ExitCode> {
  const failure = error instanceof Failure ? error : bug(error, terminal);
  const { showDiagnostics, diagnosticsJson } = await import("./show-diagnostics.js");
  if (wantsJson(words)) terminal.out(diagnosticsJson(failure.diagnostics, failure.sources, guard.isStream()));
  else
    showDiagnostics(terminal, failure.diagnostics, {
      footer: failure.diagnostics.length > 1,
      sources: failure.sources,
    });
  return failure.diagnostics.some(({ code }) => definitionOf(code).usage === true) ? 2 : 1;
}

function wantsJson(words: readonly string[]): boolean {
  return words.includes("--format=json") || words.some((word, i) => word === "--format" && words[i + 1] === "json");
}

/** What nothing here meant to throw: one line, and the trace for those who ask for it. */
function bug(error: unknown, terminal: Terminal): Failure {
  if (process.env["MTLC_DEBUG"] !== undefined && error instanceof Error) terminal.err(`${error.stack ?? ""}\n`);
  const problem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return createFailure("MTL9001", { problem, version }, undefined, {
    help: "`MTLC_DEBUG=1` before the command prints the trace to report with it",
  });
}
