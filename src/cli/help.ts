import { type Command, type CommandSpec, usageLine } from "./command.js";
import { type OptionSpec, valueText } from "./option.js";
import type { Style } from "./style.js";

/** Help texts, made only from the commands' tables; lines are at most 100 wide. */
const width = 100;

/** `mtlc help`: what there is. */
export function overview(commands: readonly Command[], style: Style): string {
  const rows = commands.map(({ spec }) => [spec.name, spec.summary] as const);
  return [
    "mtlc: the compiler of .mtl, a language for multi-task recommender models",
    "",
    style.bold("Usage"),
    "  mtlc COMMAND [arguments] [options]",
    "",
    style.bold("Commands"),
    ...columns(rows),
    "",
    style.bold("Options"),
    ...columns([
      ["-h, --help", "what a command takes, with examples"],
      ["-V, --version", "the version of mtlc"],
    ]),
    "",
    style.bold("Exit codes"),
    ...columns([
      ["0", "done"],
      ["1", "the spec, the data or the run has errors"],
      ["2", "the command line is wrong"],
      ["130", "interrupted by Ctrl-C"],
      ["143", "ended by SIGTERM"],
    ]),
    "",
    "`mtlc init hello && mtlc train hello/model.mtl -o hello/out` trains a first model in a few seconds.",
    "",
  ].join("\n");
}

/** `mtlc COMMAND --help`. */
export function commandHelp(spec: CommandSpec, style: Style): string {
  const { positional } = spec;
  const options = Object.entries(spec.options).map(
    ([name, option]) => [optionText(name, option), optionDoc(option)] as const,
  );
  return [
    spec.summary,
    "",
    style.bold("Usage"),
    `  ${usageLine(spec)}`,
    "",
    ...spec.about.flatMap((paragraph) => [...wrap(paragraph, width), ""]),
    ...(positional.max === 0 ? [] : [style.bold("Arguments"), ...columns([[positional.name, positional.doc]]), ""]),
    style.bold("Options"),
    ...columns([...options, ["-h, --help", "show this"]]),
    "",
    style.bold("Examples"),
    ...spec.examples.flatMap(({ line, does }) => [`  ${style.dim(`# ${does}`)}`, `  ${line}`]),
    "",
  ].join("\n");
}

function optionText(name: string, option: OptionSpec): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = valueText(option);
  return `${short}--${name}${value === "" ? "" : ` ${value}`}`;
}

function optionDoc(option: OptionSpec): string {
  return option.kind === "choice" && option.default !== undefined
    ? `${option.doc} (default: ${option.default})`
    : option.doc;
}

/** Two columns, the second wrapped. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.min(34, Math.max(...rows.map(([text]) => text.length)) + 2);
  return rows.flatMap(([text, doc]) => {
    const lines = wrap(doc, width - left - 2);
    const fits = text.length + 2 <= left;
    const indent = " ".repeat(left + 2);
    return fits
      ? [`  ${text.padEnd(left)}${lines[0] ?? ""}`, ...lines.slice(1).map((line) => indent + line)]
      : [`  ${text}`, ...lines.map((line) => indent + line)];
  });
}

function wrap(text: string, limit: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
