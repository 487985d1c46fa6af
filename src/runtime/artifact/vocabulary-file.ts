/** The vocabulary of a feature as a file of an artifact. */

/** Where a feature's vocabulary is; names are identifiers, so they are safe in a path. */
export function vocabularyPath(feature: string): string {
  return `vocab/${feature}.txt`;
}

/** One value per line; a line end or a backslash inside a value is escaped as in JSON. */
export function vocabularyText(values: readonly string[]): string {
  if (values.length === 0) return "";
  const text = `${values.join("\n")}\n`;
  if (!/[\\\r]/.test(text) && countOf(text, "\n") === values.length) return text;
  return values.map((value) => `${value.replace(/[\\\n\r]/g, (c) => escapes[c] ?? c)}\n`).join("");
}

function countOf(text: string, sought: string): number {
  let count = 0;
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) count += 1;
  return count;
}

/** The reverse of {@link vocabularyText}. */
export function parseVocabulary(text: string): readonly string[] {
  const lines = text.split("\n");
  lines.pop();
  return lines.map((line) =>
    line.replace(/\\([\\nr])/g, (_, c: string) => (c === "n" ? "\n" : c === "r" ? "\r" : "\\")),
  );
}

const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r" };
