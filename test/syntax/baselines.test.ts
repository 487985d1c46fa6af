import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "../../src/compiler/syntax/index.js";
import { createSourceFile, type SourceFile } from "../../src/compiler/text/index.js";
import { annotateDiagnostics } from "../annotate/annotate.js";
import { strip } from "../annotate/weave.js";
import { printTree } from "./tree.js";

const fixtures = join(import.meta.dirname, "../fixtures/syntax");
const specsIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith(".mtl"));

function read(folder: string, name: string): SourceFile {
  return createSourceFile(name, strip(readFileSync(join(folder, name), "utf8")));
}

describe("sound specs", () => {
  it.each(specsIn(fixtures))("%s gives the tree that it gave", async (name) => {
    const { spec, diagnostics } = parse(read(fixtures, name));
    expect(diagnostics).toEqual([]);
    await expect(printTree(spec)).toMatchFileSnapshot(`../baselines/syntax/${name}.tree`);
  });
});

describe("broken specs", () => {
  const folder = join(import.meta.dirname, "../baselines/syntax/broken");

  it.each(specsIn(folder))("%s gives the messages that are beneath its lines, and a tree", async (name) => {
    const source = read(folder, name);
    const { spec, diagnostics } = parse(source);
    const sources = new Map([[name, source]]);
    await expect(annotateDiagnostics({ sources, diagnostics }, name)).toMatchFileSnapshot(join(folder, name));
    await expect(printTree(spec)).toMatchFileSnapshot(join(folder, name.replace(/mtl$/, "tree")));
  });
});
