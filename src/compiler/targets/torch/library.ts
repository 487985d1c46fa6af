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

/** Blocks with two empty lines between them, constants of one line without. */
export function joinBlocks(texts: readonly string[]): string {
  return texts.join("\n\n\n");
}

/** The import lines of a file: those of which the text uses the name. */
export function importsFor(
  text: string,
  sections: readonly (readonly (readonly [pattern: RegExp, line: string])[])[],
): readonly string[] {
  const found = sections.map((lines) => lines.flatMap(([pattern, line]) => (pattern.test(text) ? [line] : [])));
  return found.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}
