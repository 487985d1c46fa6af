/** What a part of `bench -- all` found: tables and lines, printed and written into bench/RESULTS.md between markers. */
import { markdownTable, print, printTable } from "../report.js";

export interface Section {
  readonly title: string;
  /** Rows of cells, the head first. */
  readonly table?: readonly (readonly string[])[];
  /** What another benchmark printed, as it is. */
  readonly output?: string;
  /** Sentences below. */
  readonly lines: readonly string[];
}

export function printSection({ title, table, output, lines }: Section): void {
  print(`\n${title}`);
  if (table !== undefined) printTable(table);
  if (output !== undefined) print(output.trimEnd());
  for (const line of lines) print(line);
}

/** The sections of a part as Markdown, under what says where the figures come from. */
export function partText(sections: readonly Section[], provenance: string): string {
  return [provenance, ...sections.map(sectionText)].join("\n\n");
}

function sectionText({ title, table, output, lines }: Section): string {
  const parts = [
    `### ${title}`,
    ...(table === undefined ? [] : [markdownTable(table)]),
    ...(output === undefined ? [] : ["```text\n" + output.trimEnd() + "\n```"]),
    ...(lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join("\n")]),
  ];
  return parts.join("\n\n");
}

/**
 * A page with parts replaced: each lies between `<!-- NAME -->` and `<!-- end -->`. What is outside of markers, and the parts that are
 * not given, stay as they are. Throws where the page has no marker for a part.
 */
export function mergeParts(page: string, parts: ReadonlyMap<string, string>): string {
  const missing = new Set(parts.keys());
  const merged = page.replace(/^<!-- ([\w-]+) -->\n[^]*?^<!-- end -->$/gm, (all: string, name: string) => {
    const text = parts.get(name);
    if (text === undefined) return all;
    missing.delete(name);
    return `<!-- ${name} -->\n\n${text}\n\n<!-- end -->`;
  });
  if (missing.size > 0) throw new Error(`bench/RESULTS.md has no marker for ${[...missing].join(", ")}`);
  return merged;
}
