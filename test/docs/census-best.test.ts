import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type BestResults, type BestRun, censusBest } from "../../bench/papers/census-best/report.js";
import { steps, variantText } from "../../bench/papers/census-best/variants.js";
import { specText } from "../../src/compiler/describe/index.js";
import type { Model } from "../../src/compiler/model/index.js";
import { loadSpec } from "../../src/runtime/specs/load-spec.js";
import { root } from "./pages.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-best-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the steps towards specs/census/best.mtl", () => {
  const best = join(root, "specs/census/best.mtl");
  const models = Array.from({ length: steps.length + 1 }, (_, count) => {
    const file = join(folder, `steps-${count}.mtl`);
    writeFileSync(file, variantText(count, best));
    return loadSpec(file);
  });

  it("are another model each, from a shared bottom to the spec", () => {
    expect(new Set(models.map(({ hash }) => hash)).size).toBe(models.length);
    const textOf = ({ model }: { readonly model: Model }): string => specText(model);
    expect(textOf(models[0]!)).not.toMatch(/cross_v2|cosine|embed: 16/);
    // All steps are the spec, but for the rows that it is measured on.
    const network = (text: string): string =>
      text.replace(/^(?:model|\/\/\/) .*|^data \{[^]*?^\}|\bschedule: .*/gm, "").replace(/\n+/g, "\n");
    expect(network(textOf(models.at(-1)!))).toBe(network(textOf(loadSpec(best))));
  });

  it("are reported with what each adds, and the specs beside LightGBM", () => {
    const run = (spec: BestRun["spec"], seed: number, main: number): BestRun => ({
      spec,
      seed,
      main,
      marital: 0.99,
      logloss: 0.1,
    });
    const results: BestResults = {
      experiment: "census-best",
      form: "quick",
      command: "",
      machine: "",
      specs: {},
      options: {},
      runs: [run(0, 1, 0.94), run(0, 2, 0.942), run(1, 1, 0.951), run("income", 1, 0.957), run("income", 2, 0.958)],
    };
    const parts = censusBest.parts(results);
    const rowsOf = (name: string): readonly (readonly string[])[] => {
      const part = parts[name];
      return part?.kind === "table" ? part.rows : [];
    };
    expect(rowsOf("finals").slice(1)).toEqual([
      ["income", "0.9575 ± 0.0064", "0.9580", "0.9573", "0.9495", "0.1000 ± 0.0000", "0.9900 ± 0.0000", "2"],
    ]);
    expect(
      rowsOf("steps")
        .map(([, ...cells]) => cells)
        .slice(1, 4),
    ).toEqual([
      ["0.9410 ± 0.0127", ""],
      ["0.9510", "0.0100"],
      ["–", "–"],
    ]);
  });
});
