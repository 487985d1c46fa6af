import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderPretty } from "../../src/compiler/diagnostics/index.js";
import { parseProgram, printProgram, type Program } from "../../src/compiler/graph/index.js";
import { lowerModel } from "../../src/compiler/lower/index.js";
import { sizesOf } from "../lower/harness.js";
import { baselinesIn, compileBaseline, folder } from "./baselines.js";
import { annotateGraph } from "./graph.js";

/** Specs small enough that a reader can follow every node, lowered with five ids per feature. */
const specs = baselinesIn("graphs").map(({ path }) => path);

describe.each(specs)("the program of %s", (path) => {
  const compilation = compileBaseline(path);
  if (compilation.model === undefined) throw new Error(renderPretty(compilation.diagnostics, compilation.sources));
  const program = lowerModel(compilation.model, sizesOf(compilation.model, 5), { serving: { position: [1] } });
  const text = annotateGraph(program, compilation.sources);

  it("is what it was", async () => {
    await expect(text).toMatchFileSnapshot(join(folder, path.replace(/mtl$/, "graph")));
  });

  it("is read back from its text without the notes", () => {
    const plain = text.replaceAll(/^\/\/@.*\n/gm, "");
    expect(plain).toBe(printProgram(program, { origins: false }));
    expect(parseProgram(plain)).toEqual(withoutOrigins(program));
  });
});

function withoutOrigins(program: Program): Program {
  return {
    ...program,
    functions: program.functions.map((fn) => ({
      ...fn,
      nodes: fn.nodes.map(({ label: _label, span: _span, ...node }) => node as (typeof fn.nodes)[number]),
    })),
  };
}
