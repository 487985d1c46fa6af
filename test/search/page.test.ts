import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { unifiedDiff } from "../../src/cli/unified-diff.js";
import { format } from "../../src/compiler/format/index.js";
import { textOfValue } from "../../src/compiler/semantics/index.js";
import { filledFiles } from "../../src/runtime/search/best-spec.js";
import { shownDimension } from "../../src/runtime/search/report.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";

/** What docs/search.md shows of a search of 20 trials, which takes too long to be made here, against the spec that it is of. */
const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/search.md"), "utf8");
const path = join(root, "specs/census/search.mtl");
const spec = loadSpec(path);

/** The best values in the page's table of dimensions. */
function shownBest(): ReadonlyMap<string, string> {
  const [, table = ""] = /^dimension +searched +default +best\n((?:.+\n)+)/m.exec(page) ?? [];
  return new Map(
    table
      .trimEnd()
      .split("\n")
      .map((line) => [line.split(/\s/)[0] ?? "", line.split(/\s+/).at(-1) ?? ""]),
  );
}

/** Without blanks at the ends of lines, which the page does not keep. */
const trimmed = (text: string): string => text.replaceAll(/ +$/gm, "");

describe("the page of searches", () => {
  const best = shownBest();

  it("has the dimensions of its spec, and values of them", () => {
    expect([...best.keys()]).toEqual(spec.searches.map(({ name }) => name));
    for (const dimension of spec.searches) {
      const { choices, low = 0, high = 0 } = shownDimension(dimension);
      const value = best.get(dimension.name) ?? "";
      if (choices !== undefined) expect(choices).toContain(value);
      else expect(Number(value) >= low && Number(value) <= high).toBe(true);
    }
  });

  it("shows what these values change", async () => {
    const point = new Map(
      spec.searches.map((dimension) => {
        const value = best.get(dimension.name) ?? "";
        const { space } = dimension;
        return [dimension.name, space.kind === "choices" ? space.choices.indexOf(value) : Number(value)] as const;
      }),
    );
    for (const dimension of spec.searches)
      expect(textOfValue(dimension, point.get(dimension.name) ?? NaN)).toBe(best.get(dimension.name));
    const [file] = await filledFiles(spec, point, format);
    const diff = await unifiedDiff("search.mtl", file?.before ?? "", file?.after ?? "");
    expect(trimmed(page)).toContain(trimmed(diff));
  });
});
