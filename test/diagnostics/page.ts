import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue, definitionOf } from "../../src/compiler/diagnostics/index.js";

const specs = join(import.meta.dirname, "../semantics/specs");

/** All codes, in order. */
export const codes: readonly string[] = Object.keys(catalogue).toSorted();

/** Codes of specs that no spec of the first edition can have. */
const ofLaterEditions: ReadonlySet<string> = new Set(["MTL1022", "MTL1023"]);

/** Codes of specs have fixtures; the others come about at run time. */
export function isSpecCode(code: string): boolean {
  return /^MTL[1-6]/.test(code) && !ofLaterEditions.has(code);
}

/** The page of a code: what its row says, and the failing and the fixed fixture as they are. */
export function renderPage(code: string): string {
  const { slug, severity, title, about, fix, deprecated } = definitionOf(code);
  const head = [
    `# ${code}: ${title}`,
    "",
    `${severity === "error" ? "An" : "A"} ${severity}, by name \`${slug}\`.`,
    ...(deprecated === undefined ? [] : ["", deprecated]),
    "",
    about,
  ];
  const howToFix = ["## How to fix", "", fix, ""];
  if (!isSpecCode(code)) return [...head, "", ...howToFix].join("\n");
  const folder = join(specs, code);
  const others = readdirSync(folder).filter((name) => name.endsWith(".mtl") && !/^(?:fail|pass)\.mtl$/.test(name));
  return [
    ...head,
    "",
    "## A spec that has it",
    "",
    ...fence("mtl", read(folder, "fail.mtl")),
    "",
    ...fence("text", read(folder, "fail.txt").replaceAll(`test/semantics/specs/${code}/fail.mtl`, "model.mtl")),
    "",
    ...howToFix,
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
    "Every code that `mtlc` reports, with its page; `mtlc explain CODE` prints it, and so does `mtlc explain SLUG`.",
    "A slug is the code's name: `// mtlc-ignore SLUG: why`, editors and SARIF use it. Both are stable and never reused.",
    "The pages are written by the tests: the specs on them are compiled, and the messages are what the compiler said.",
    ...groups.flatMap(([digit, title]) => [
      "",
      `## ${title}`,
      "",
      "| code | slug | error |",
      "| --- | --- | --- |",
      ...codes
        .filter((code) => code.startsWith(`MTL${digit}`))
        .map((code) => {
          const { slug, severity, title } = definitionOf(code);
          return `| [${code}](${code}.md) | \`${slug}\` | ${title}${severity === "error" ? "" : ` (${severity})`} |`;
        }),
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
  ["9", "Bugs in mtlc"],
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
