import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue, type DiagnosticDefinition } from "../../src/compiler/diagnostics/index.js";
import { runTimeMeanings, specMeanings } from "../../src/compiler/diagnostics/meanings/index.js";

const specs = join(import.meta.dirname, "../semantics/specs");

/** All codes, in order. */
export const codes: readonly string[] = Object.keys(catalogue).toSorted();

export function titleOf(code: string): string {
  return (catalogue[code as keyof typeof catalogue] as DiagnosticDefinition<never>).title;
}

function severityOf(code: string): string {
  return (catalogue[code as keyof typeof catalogue] as DiagnosticDefinition<never>).severity;
}

/** Codes of specs that no spec of the first edition can have. */
const ofLaterEditions: ReadonlySet<string> = new Set(["MTL1022", "MTL1023"]);

/** Codes of specs have fixtures; the others come about at run time. */
export function isSpecCode(code: string): boolean {
  return /^MTL[1-6]/.test(code) && !ofLaterEditions.has(code);
}

/** The page of a code: its meaning, and the failing and the fixed fixture as they are. */
export function renderPage(code: string): string {
  const head = [
    `# ${code}: ${titleOf(code)}`,
    "",
    `A${severityOf(code) === "error" ? "n error" : ` ${severityOf(code)}`}.`,
  ];
  if (!isSpecCode(code)) {
    const meaning = runTimeMeanings[code];
    if (meaning === undefined) throw new Error(`${code} has no meaning`);
    return [...head, "", meaning.how, "", "## How to fix", "", meaning.fix, ""].join("\n");
  }
  const meaning = specMeanings[code];
  if (meaning === undefined) throw new Error(`${code} has no meaning`);
  const folder = join(specs, code);
  const others = readdirSync(folder).filter((name) => name.endsWith(".mtl") && !/^(?:fail|pass)\.mtl$/.test(name));
  return [
    ...head,
    "",
    meaning,
    "",
    "## A spec that has it",
    "",
    ...fence("mtl", read(folder, "fail.mtl")),
    "",
    ...fence("text", read(folder, "fail.txt").replaceAll(`test/semantics/specs/${code}/fail.mtl`, "model.mtl")),
    "",
    "## How to fix",
    "",
    ...fence("mtl", read(folder, "pass.mtl")),
    "",
    ...others.flatMap((name) => [`\`${name}\`, which lies beside it:`, "", ...fence("mtl", read(folder, name)), ""]),
  ].join("\n");
}

/** The list of all pages. */
export function renderIndex(): string {
  return [
    "# Diagnostics",
    "",
    "Every code that `mtlc` speaks of, with its page; `mtlc explain CODE` prints it. Codes are stable and never reused.",
    "The pages are written by the tests: the specs on them are compiled, and the messages are what the compiler said.",
    ...groups.flatMap(([digit, title]) => [
      "",
      `## ${title}`,
      "",
      "| code | what it is |",
      "| --- | --- |",
      ...codes
        .filter((code) => code.startsWith(`MTL${digit}`))
        .map(
          (code) =>
            `| [${code}](${code}.md) | ${titleOf(code)}${severityOf(code) === "error" ? "" : ` (${severityOf(code)})`} |`,
        ),
    ]),
    "",
  ].join("\n");
}

const groups = [
  ["1", "Syntax"],
  ["2", "Names and imports"],
  ["3", "Types and shapes"],
  ["4", "Events, sample spaces and leakage"],
  ["5", "Formulas, rules and rankings"],
  ["6", "Lint"],
  ["7", "Data, artifacts and runs"],
  ["8", "Command line"],
  ["9", "Our own bugs"],
] as const;

function read(folder: string, name: string): string {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, "utf8").trimEnd() : "";
}

/** Lines of a page are cut where a fixture is about length itself. */
function fence(language: string, text: string): readonly string[] {
  const lines = text.split("\n").map((line) => (line.length > 160 ? `${line.slice(0, 159)}…` : line));
  return [`\`\`\`${language}`, ...lines, "```"];
}
