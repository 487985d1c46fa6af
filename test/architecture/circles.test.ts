import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, root, sourceFiles } from "./source-imports.js";

type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * A way from a file back to itself for each group of files that reach one another: `a → b → a`. Types count: who reads one
 * file of a circle has to read them all.
 */
function circlesIn(graph: Graph): readonly string[] {
  const reached = new Map([...graph.keys()].map((file) => [file, reachableFrom(graph, file)]));
  const told = new Set<string>();
  return [...graph.keys()].flatMap((file) => {
    if (told.has(file) || reached.get(file)?.has(file) !== true) return [];
    for (const other of reached.get(file) ?? []) if (reached.get(other)?.has(file) === true) told.add(other);
    return [shortestWayBack(graph, file).join(" → ")];
  });
}

function reachableFrom(graph: Graph, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(graph.get(start) ?? [])];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    open.push(...(graph.get(file) ?? []));
  }
  return reached;
}

function shortestWayBack(graph: Graph, start: string): readonly string[] {
  const ways: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1) ?? "") ?? []) {
      if (next === start) return [...way, start];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return [];
}

/** Files of `src` by their path, with the files that each imports, `import type` and `import()` included. */
function sourceGraph(): Graph {
  const files = sourceFiles(join(root, "src"));
  return new Map(
    files.map((file) => {
      const names = importsOf(readFileSync(file, "utf8")).filter((name) => name.startsWith("."));
      const targets = names.map((name) => resolve(dirname(file), name.replace(/\.js$/, ".ts")));
      return [relative(root, file), targets.map((target) => relative(root, target))];
    }),
  );
}

describe("files import each other in no circle", () => {
  it("in src", () => {
    expect(circlesIn(sourceGraph())).toEqual([]);
  });

  it("reads imports that lead to a file", () => {
    const graph = sourceGraph();
    const missing = [...graph].flatMap(([file, targets]) =>
      targets.filter((target) => !graph.has(target)).map((target) => `${file}: ${target}`),
    );
    expect(missing).toEqual([]);
    expect(graph.size).toBeGreaterThan(500);
  });

  it("would tell of one, and of a file that imports itself", () => {
    const graph = new Map([
      ["a", ["b", "x"]],
      ["b", ["c"]],
      ["c", ["a", "b"]],
      ["d", ["d", "a"]],
      ["x", []],
    ]);
    expect(circlesIn(graph)).toEqual(["a → b → c → a", "d → d"]);
  });
});
