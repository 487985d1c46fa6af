/** What targets make of all specs, those of peers included: programs of others are needed for none of it. */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { hasTrees } from "../../src/compiler/model/index.js";
import { inputNames, parameterName } from "../../src/compiler/targets/savedmodel/parameter-names.js";
import { torch } from "../../src/compiler/targets/torch/index.js";
import { createProgram } from "../../src/runtime/engine/create-program.js";
import { Failure } from "../../src/runtime/failure.js";
import { type LoadedSpec, loadSpec } from "../../src/runtime/specs/load-spec.js";
import { bytesOf } from "./contents.js";
import { someFitted } from "../web/some-rows.js";

// Tests run in the project's folder.
const folder = resolve("specs");

/** Undefined for a file that is a part of others. */
function load(file: string): LoadedSpec | undefined {
  try {
    return loadSpec(join(folder, file));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** What a module of a package reads, and neither makes nor imports: helpers, the numbered names of a function's values, and words that Python does not read. */
function missingNames(text: string): readonly string[] {
  const helpers = ["glorot", "linear", "mixing"].filter(
    (name) => new RegExp(`(?<![.\\w])${name}\\(`).test(text) && !text.includes(`def ${name}(`),
  );
  const values = text.split(/\n(?= *(?:class|def) )/).flatMap((part) => {
    const code = part.replace(/"""[^]*?"""|"[^"\n]*"|#.*/g, "");
    return [...new Set([...code.matchAll(/(?<![.\w])[a-z]\w*_\d+\b(?!=)/g)].map(([name]) => name))].filter((name) => {
      const first = code.split("\n").find((line) => new RegExp(`(?<![.\\w])${name}\\b`).test(line)) ?? "";
      return !new RegExp(`\\b${name}(?:: Tensor|[\\w, ]* = )`).test(first);
    });
  });
  const words = /\b(?:batch|outputs|model|x|self)\.\w+ (?!(?:if|else|in|is|and|or|for|not)\b)[a-z]\w*/g;
  return [...helpers, ...values, ...[...text.replace(/"""[^]*?"""|#.*/g, "").matchAll(words)].map(([found]) => found)];
}

describe("of every spec that is a network", () => {
  const cases = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".mtl") && !file.startsWith("std"))
    .toSorted()
    .flatMap((file) => {
      const spec = load(file);
      if (spec === undefined || hasTrees(spec.model) || spec.model.loss.terms.length === 0) return [];
      const fitted = someFitted(spec.model);
      return [{ file, spec, fitted, program: createProgram(spec.model, fitted) }];
    });

  it("no two inputs of a SavedModel become one parameter in Python", () => {
    const once = cases.flatMap(({ file, program: { state } }) => {
      const names = [...inputNames(state.map(({ name }) => name)).values()];
      return new Set(names.map(parameterName)).size === state.length ? [] : [file];
    });
    expect(once).toEqual([]);
    // A layer of a tower, and what normalizes its input: TensorFlow reads both as `item_tower_1_mean`.
    const din = cases.find(({ file }) => file === join("peers", "easyrec", "din_on_taobao.mtl"));
    const names = inputNames(din?.program.state.map(({ name }) => name) ?? []);
    expect(names.get("item_tower/1.mean")).toBe("item_tower/1.mean");
    expect(names.get("item_tower.1.mean")).toBe("item_tower.1.mean_2");
  });

  it.each(["auto", "sparse"] as const)("a package for PyTorch is written, or refused: tables %s", (embeddings) => {
    const failed = cases.flatMap(({ file, spec, fitted, program }) => {
      const { sources } = spec;
      const model = { ...spec.model, train: { ...spec.model.train, embeddings } };
      if (torch.refusals({ model, program }).length > 0) return [];
      try {
        const input = { model, program, fitted, sources, trained: false, generator: "mtlc", built: () => "" };
        const files = torch.emit({ ...input, weights: () => new Uint8Array() });
        const modules = files.filter(({ path }) =>
          ["model.py", "features.py", "losses.py", "metrics.py"].includes(path),
        );
        return modules.flatMap(({ path, content }) =>
          missingNames(Buffer.from(bytesOf(content)).toString()).map((name) => `${file}: ${path} reads ${name}`),
        );
      } catch (error) {
        return [`${file}: ${String(error)}`];
      }
    });
    expect(failed).toEqual([]);
    expect(cases.length).toBeGreaterThan(60);
  });
});
