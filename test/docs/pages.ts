/** The pages of the documentation, cut into what their test looks at. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";

export const root = resolve(import.meta.dirname, "../..");

/** A fenced block: ```` ```mtl fragment ```` has the language `mtl` and the words `["fragment"]`. */
export interface Fence {
  readonly page: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

/** What is between a heading and the next one that is not below it. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

export interface Page {
  /** Relative to the root. */
  readonly path: string;
  readonly text: string;
  readonly fences: readonly Fence[];
}

/** `README.md` and the pages of `docs`. */
export function readPages(): readonly Page[] {
  const folder = join(root, "docs");
  const docs = readdirSync(folder).filter((name) => name.endsWith(".md"));
  return [join(root, "README.md"), ...docs.map((name) => join(folder, name))].map((file) => {
    const path = relative(root, file);
    const text = readFileSync(file, "utf8");
    return { path, text, fences: fencesOf(path, text) };
  });
}

export function pageCalled(pages: readonly Page[], path: string): Page {
  const page = pages.find((each) => each.path === path);
  if (page === undefined) throw new Error(`there is no page ${path}`);
  return page;
}

function fencesOf(page: string, text: string): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { readonly line: number; readonly info: readonly string[]; readonly body: string[] } | undefined;
  text.split("\n").forEach((line, i) => {
    const info = /^```(.*)$/.exec(line)?.[1];
    if (info === undefined) open?.body.push(line);
    else if (open === undefined) open = { line: i + 1, info: info.trim().split(/\s+/), body: [] };
    else {
      const [language = "", ...words] = open.info;
      fences.push({ page, line: open.line, language, words, text: `${open.body.join("\n")}\n` });
      open = undefined;
    }
  });
  return fences;
}

/** The text without its fenced blocks, lines kept. */
export function proseOf({ text }: Page): readonly string[] {
  let inside = false;
  return text.split("\n").map((line) => {
    const isBorder = line.startsWith("```");
    if (isBorder) inside = !inside;
    return inside || isBorder ? "" : line;
  });
}

/** Every heading with what belongs to it, deeper headings included. */
export function sectionsOf(page: Page): readonly Section[] {
  const lines = proseOf(page);
  const headings = lines.flatMap((line, at) => {
    const found = /^(#+)\s+(.*)$/.exec(line);
    return found === null ? [] : [{ at, level: (found[1] ?? "").length, title: found[2] ?? "" }];
  });
  return headings.map(({ at, level, title }, i) => {
    const next = headings.slice(i + 1).find((each) => each.level <= level);
    return { title, lines: lines.slice(at + 1, next?.at ?? lines.length) };
  });
}

/** The anchor that a heading gets where Markdown is shown. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** The cells of the table row whose first cell is `` `name` ``. */
export function rowOf(section: Section, name: string): readonly string[] | undefined {
  const rows = section.lines.filter((line) => line.startsWith("|")).map(cellsOf);
  return rows.find(([first]) => first === `\`${name}\``);
}

function cellsOf(line: string): readonly string[] {
  return line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("\\|", "|"));
}

/** Words that appear in code: in a fenced block of the language, or between backticks. */
export function codeWords(page: Page): ReadonlySet<string> {
  const inline = proseOf(page).flatMap((line) => line.match(/`[^`]+`/g) ?? []);
  const fenced = page.fences.filter(({ language }) => language === "mtl").map(({ text }) => text);
  return new Set([...inline, ...fenced].flatMap((code) => code.match(/[A-Za-z_]\w*/g) ?? []));
}
