/** A log in files: what the methods train on, all of it and its clicked rows, and what they are measured on. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { featureNames, type World } from "./world.js";

/** Writes `all.csv`, `clicked.csv` and `test.csv` into `folder`; the first half by time trains. */
export function writeLog({ columns, click, buy }: World, folder: string): void {
  const head = ["click", "buy", ...featureNames].join(",");
  const lines = Array.from(click, (clicked, row) =>
    [clicked, buy[row], ...featureNames.map((name) => columns[name][row])].join(","),
  );
  const half = lines.length / 2;
  const write = (name: string, rows: readonly string[]): void =>
    writeFileSync(join(folder, name), [head, ...rows, ""].join("\n"));
  write("all.csv", lines.slice(0, half));
  write(
    "clicked.csv",
    lines.slice(0, half).filter((_, row) => click[row] === 1),
  );
  write("test.csv", lines.slice(half));
}
