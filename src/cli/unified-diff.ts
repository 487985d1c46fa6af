import type { Style } from "./style.js";

/** What changes between two texts of a file, as `patch` and `git apply` take it. */
export async function unifiedDiff(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  return createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** A unified diff with what goes in red and what comes in green. */
export function paintDiff(diff: string, style: Style): string {
  return diff
    .split("\n")
    .map((line) => {
      if (/^(?:\+\+\+|---) /.test(line)) return style.bold(line);
      if (line.startsWith("@@")) return style.cyan(line);
      return line.startsWith("+") ? style.green(line) : line.startsWith("-") ? style.red(line) : line;
    })
    .join("\n");
}
