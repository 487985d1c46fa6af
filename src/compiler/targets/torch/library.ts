/** Python that packages share: a package has only what it uses. */

/** A function or a class, at the top of a file. */
export interface Block {
  readonly name: string;
  readonly text: string;
}

/** The blocks that a text uses, directly or through each other, in their order. */
export function usedBlocks(blocks: readonly Block[], text: string): readonly Block[] {
  const used = new Set<string>();
  const visit = (within: string): void => {
    for (const { name, text: own } of blocks) {
      if (used.has(name) || !new RegExp(`\\b${name}\\b`).test(within)) continue;
      used.add(name);
      visit(own);
    }
  };
  visit(text);
  return blocks.filter(({ name }) => used.has(name));
}

/** Blocks from a text: each begins at a line that starts with `def`, `class`, a decorator or a capital constant. */
export function blocksOf(text: string): readonly Block[] {
  const parts = text.trim().split(/\n\n\n+/);
  return parts.map((part) => {
    const name = /^(?:def|class)\s+(\w+)|^(\w+)\b.*=/m.exec(part);
    return { name: name?.[1] ?? name?.[2] ?? "", text: part };
  });
}

/** A line of imports, and what of a text needs it. */
export type ImportLine = readonly [pattern: RegExp, line: string];

/** The line that imports those names of a module that the text has; none where it has none. */
export function fromImport(text: string, module: string, names: readonly string[]): readonly ImportLine[] {
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return used.length === 0 ? [] : [[/./, `from ${module} import ${used.join(", ")}`]];
}

/** The import lines of a file: those of which the text uses the name. */
export function importsFor(text: string, sections: readonly (readonly ImportLine[])[]): readonly string[] {
  const found = sections.map((lines) => lines.flatMap(([pattern, line]) => (pattern.test(text) ? [line] : [])));
  return found.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}
