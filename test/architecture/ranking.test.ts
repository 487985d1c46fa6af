import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../src/compiler/ranking");

/** Functions, constants, types and interfaces at the left margin. */
function topLevelNames(text: string): string[] {
  return [...text.matchAll(/^(?:export )?(?:const|function|interface|type|let) (\w+)/gm)].map(
    (match) => match[1] ?? "",
  );
}

describe("the ranking folder", () => {
  it("has no two top-level names that are the same: the standalone module puts its files one after another", () => {
    const names = readdirSync(folder)
      .filter((file) => file !== "index.ts")
      .flatMap((file) => topLevelNames(readFileSync(join(folder, file), "utf8")));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
