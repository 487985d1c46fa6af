/** Pieces of Markdown. */

/** A table; rows of nothing give nothing, and so does a column without a head in which every cell is empty. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const isShown = head.map((name, column) => name !== "" || rows.some((row) => (row[column] ?? "") !== ""));
  const line = (cells: readonly string[]): string => `| ${cells.filter((_, column) => isShown[column]).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Code in a line or a cell; a bar would end the cell. */
export function code(text: string): string {
  if (text === "") return "";
  const fence = text.includes("`") ? "``" : "`";
  return `${fence}${text.replaceAll("|", "\\|")}${fence}`;
}

/** A text of people in a cell: on one line, without what a table or HTML would take for its own. */
export function prose(text: string | undefined): string {
  return (text ?? "").replaceAll("\n", " ").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

/** A heading with what belongs under it; nothing without. */
export function section(title: string, ...parts: readonly string[]): string {
  const body = parts.filter((part) => part !== "");
  return body.length === 0 ? "" : [`## ${title}`, ...body].join("\n\n");
}

/** Lines of the language. */
export function codeBlock(lines: readonly string[]): string {
  return lines.length === 0 ? "" : ["```mtl", ...lines, "```"].join("\n");
}
