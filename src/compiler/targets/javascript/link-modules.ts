/**
 * Modules that the TypeScript compiler wrote, as one text without imports: each becomes a function that is called once and
 * gives back what the module exports. It knows the forms of our own compiled sources and no others; an import from
 * outside the given files is an error, so that nothing can slip into a module that is to have no dependencies.
 */

/** Compiled modules by path (`formulas/interpret.js`). */
export type CompiledModules = ReadonlyMap<string, string>;

export interface LinkedModules {
  /** Declarations `const m0 = (() => { … })();`, each after those it uses. */
  readonly source: string;
  /** The constant that holds the exports of a module, among those that were linked. */
  readonly nameOf: (path: string) => string;
}

/** Links the modules that the entries reach. Names that come through an `index.js` are taken from where they stand. */
export function linkModules(modules: CompiledModules, entries: readonly string[]): LinkedModules {
  const names = new Map<string, string>();
  const open = new Set<string>();
  const sources: string[] = [];
  const visit = (path: string): string => {
    const known = names.get(path);
    if (known !== undefined) return known;
    if (open.has(path)) throw new Error(`${path} imports itself by way of others`);
    open.add(path);
    const text = textOf(modules, path);
    const imports: string[] = [];
    const body = text.replace(importForm, (_, clause: string, from: string) => {
      imports.push(...bindImport(modules, { clause, from, path }, visit));
      return "";
    });
    const exported: string[] = [];
    const plain = body
      .replace(
        /^export (?=(?:async )?function\*? (\w+)|const (\w+)|let (\w+)|class (\w+))/gm,
        (_, ...found: unknown[]) => {
          exported.push(found.slice(0, 4).find((each): each is string => typeof each === "string") ?? "");
          return "";
        },
      )
      .replace(/^export \{\};$/gm, "");
    if (/^export /m.test(plain)) throw new Error(`${path} exports in a form that is not known`);
    const name = `m${names.size}`;
    names.set(path, name);
    const lines = [...imports, plain.trim(), `return { ${exported.join(", ")} };`];
    sources.push(`const ${name} = (() => {\n${lines.join("\n")}\n})();\n`);
    return name;
  };
  for (const entry of entries) visit(entry);
  return {
    source: sources.join("\n"),
    nameOf: (path) => {
      const name = names.get(path);
      if (name === undefined) throw new Error(`${path} was not linked`);
      return name;
    },
  };
}

/** `import { a, b as c } from "./x.js";` and `import * as x from "./x.js";`. */
const importForm = /^import\s+(\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+"([^"]+)";\n?/gm;

interface ImportForm {
  readonly clause: string;
  readonly from: string;
  readonly path: string;
}

function bindImport(
  modules: CompiledModules,
  { clause, from, path }: ImportForm,
  visit: (path: string) => string,
): readonly string[] {
  const target = joinPath(path, from);
  const whole = /^\*\s+as\s+(\w+)$/.exec(clause);
  if (whole !== null) return [`const ${whole[1] ?? ""} = ${visit(target)};`];
  return clause
    .slice(1, -1)
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => {
      const [name = "", alias = name] = each.split(/\s+as\s+/);
      return `const { ${name === alias ? name : `${name}: ${alias}`} } = ${visit(homeOf(modules, target, name))};`;
    });
}

/** The module that declares a name which another may only pass on. */
function homeOf(modules: CompiledModules, path: string, name: string): string {
  const text = textOf(modules, path);
  for (const [, list, from = ""] of text.matchAll(/^export (\*|\{[^}]*\}) from "([^"]+)";/gm)) {
    const target = joinPath(path, from);
    const listed =
      list === "*" ? declares(modules, target, name) : new RegExp(`[{,\\s]${name}[,\\s}]`).test(list ?? "");
    if (listed) return homeOf(modules, target, name);
  }
  return path;
}

function declares(modules: CompiledModules, path: string, name: string): boolean {
  const text = textOf(modules, path);
  return (
    new RegExp(`^export (?:async )?(?:function\\*?|const|let|class) ${name}\\b`, "m").test(text) ||
    homeOf(modules, path, name) !== path
  );
}

/** The module's code without doc comments and source map. */
function textOf(modules: CompiledModules, path: string): string {
  const text = modules.get(path);
  if (text === undefined) throw new Error(`there is no compiled module ${path}`);
  return text.replace(/^[ \t]*\/\*\*?(?:[^*]|\*(?!\/))*\*\/\n/gm, "").replace(/^[ \t]*\/\/[^\n]*\n?/gm, "");
}

function joinPath(from: string, relative: string): string {
  if (!relative.startsWith(".")) throw new Error(`${from} imports ${relative}, which is no file of ours`);
  const parts = from.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
