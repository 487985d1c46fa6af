import { formatOfName } from "../../../compiler/formats/index.js";

export const tableFormats = ["csv", "jsonl", "parquet"] as const;
export type TableFormat = (typeof tableFormats)[number];

/** The format that a file's name tells; undefined when it tells none that a table can be written in. */
export function tableFormatOf(path: string): TableFormat | undefined {
  const format = formatOfName(path);
  return tableFormats.find((known) => known === format);
}
