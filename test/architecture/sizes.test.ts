import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** A folder that holds more files than this tells its story by folders of its own. */
const most = 20;

function crowded(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory());
  const files = entries.filter((entry) => entry.isFile());
  const own = files.length > most && folders.length === 0 ? [`${relative(root, folder)}: ${files.length} files`] : [];
  return [...own, ...folders.flatMap(({ name }) => crowded(join(folder, name)))];
}

it("has no folder of more than 20 files without subfolders", () => {
  expect(crowded(join(root, "src"))).toEqual([]);
});

/** Longer functions hide their parts. */
const mostLines = 100;

interface Measured {
  readonly name: string;
  readonly file: string;
  readonly lines: number;
}

interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Every function of a file with its lines, parameters included. */
function functionsIn(file: string): readonly Measured[] {
  const text = readFileSync(file, "utf8");
  const found: Measured[] = [];
  const walk = (value: unknown, given: string): void => {
    if (Array.isArray(value)) return value.forEach((each) => walk(each, given));
    if (typeof value !== "object" || value === null) return;
    const node = value as SyntaxNode & Readonly<Record<string, unknown>>;
    const named = (node["id"] ?? node["key"]) as { readonly name?: string } | null | undefined;
    const isFunction = /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
    const name = named?.name ?? given;
    if (isFunction)
      found.push({ name, file: relative(root, file), lines: text.slice(node.start, node.end).split("\n").length });
    for (const [key, child] of Object.entries(node))
      if (key !== "type") walk(child, isFunction ? "an inner function" : name);
  };
  walk(parseAst(text, { lang: "ts" }).body, "");
  return found;
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path));
}

describe("sizes", () => {
  const files = filesUnder(join(root, "src"));
  const functions = files.flatMap(functionsIn).toSorted((a, b) => b.lines - a.lines);

  it("has no function over 100 lines", () => {
    const over = functions.filter(({ lines }) => lines > mostLines);
    expect(over.map(({ name, file }) => `${name} ${file}`)).toEqual([]);
  });

  it("reports its longest files and functions", () => {
    const byLines = files
      .map((file) => ({ file: relative(root, file), lines: readFileSync(file, "utf8").split("\n").length }))
      .toSorted((a, b) => b.lines - a.lines);
    const top = (list: readonly { readonly lines: number; readonly text: string }[]): string =>
      list
        .slice(0, 10)
        .map(({ lines, text }) => `${String(lines).padStart(5)}  ${text}\n`)
        .join("");
    process.stdout.write(
      `longest functions\n${top(functions.map(({ lines, name, file }) => ({ lines, text: `${name} ${file}` })))}` +
        `longest files\n${top(byLines.map(({ lines, file }) => ({ lines, text: file })))}`,
    );
    expect(functions.length).toBeGreaterThan(1000);
    expect(byLines.length).toBeGreaterThan(500);
  });

  it("measures functions, methods and arrows alike", () => {
    const names = new Set(functions.map(({ name }) => name));
    for (const name of ["startWalk", "hasBetterTwin", "refill"]) expect(names).toContain(name);
  });
});
