import { describe, expect, it } from "vitest";
import { createMemoryHost } from "../../src/compiler/host.js";
import { format } from "../../src/compiler/format/index.js";
import type { ServingModel } from "../../src/compiler/model/index.js";
import { numberText } from "../../src/compiler/text/index.js";
import { compileSpec } from "../../src/compiler/compile.js";
import { scaleCoefficients } from "../../src/runtime/tune/fit/coefficients.js";
import { indexFormOf } from "../../src/runtime/tune/formula/index-form.js";
import { patchParams, roundInside } from "../../src/runtime/tune/patch.js";
import { findTarget } from "../../src/runtime/tune/target.js";

const head = `model m
signals { ctr: P(click), cvr: P(buy | click), stay: number(seconds) in [1, 100] }
attributes { price: number in [0, 1000], campaign: text? }
`;

function servingOf(rest: string): ServingModel {
  const { model, diagnostics } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": head + rest }));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("\n"));
  if (model?.serving === undefined) throw new Error("no serving stage");
  return model.serving;
}

/** The form of a formula in a few words: `log: 1 ×2, a ×1 | held: alpha`. */
function formText(params: string, formula: string): string {
  const serving = servingOf(`params { ${params} }\nfusion score = ${formula}`);
  const fusion = serving.fusions.find(({ name }) => name === "score");
  const form = fusion === undefined ? undefined : indexFormOf(fusion.value, serving.fusions);
  if (form === undefined) return "none";
  const columns = form.columns.map(
    ({ param = "1", parts }) =>
      `${param} × ${parts.map(({ scale, guarded }) => `${scale}${guarded ? "g" : ""}`).join(" ")}`,
  );
  return `${form.link}: ${columns.join(", ")}${form.held.length > 0 ? ` | held ${form.held.join(" ")}` : ""}`;
}

describe("the form of a formula", () => {
  it.each([
    ["a: 1 in [0, 2]", "ctr * stay^a", "log: 1 × 1, a × 1"],
    ["a: 1 in [0, 2], b: 1 in [0, 2]", "ctr^a * stay^b * 3", "log: a × 1, b × 1"],
    ["a: 1 in [0, 2]", "ctr / stay^a", "log: 1 × 1, a × -1"],
    ["a: 1 in [0, 2]", "ctr^2 * safe_pow(cvr, a)", "log: 1 × 2, a × 1g"],
    ["a: 1 in [0, 2]", "(ctr * stay)^a * (1 + price)", "log: 1 × 1, a × 1 1"],
    ["a: 1 in [0, 2], alpha: 0.1 in [0, 1]", "ctr * (alpha + cvr) * stay^a", "log: 1 × 1 1, a × 1 | held alpha"],
    ["w: 1 in [0, 2], v: 1 in [0, 2]", "w * ctr + v * cvr - 0.5 * price", "identity: 1 × -0.5, w × 1, v × 1"],
    ["w: 1 in [0, 2]", "sigmoid(ctr + 2 * w * stay)", "identity: 1 × 1, w × 2"],
    ["a: 1 in [0, 2]", "max(ctr, 0.1 * a)", "none"],
    ["a: 1 in [0.1, 2]", "a * ctr", "none"],
    ["a: 1 in [0, 2]", "ctr * (a + cvr) * stay^a", "none"],
  ])("with %s of %s is %s", (params, formula, text) => {
    expect(formText(params, formula)).toBe(text);
  });
});

describe("the scale of a formula", () => {
  const product = "params { a: 0.5 in [0, 2], b: 0.25 in [0, 2] }\nfusion score = ctr^a * stay^b\n";

  it("is fixed at an exponent of 1 where every exponent may move", () => {
    expect(findTarget(servingOf(product), "m", {}).anchor).toEqual({ name: "a", value: 1, link: "log" });
  });

  it("is fixed already where a factor has no parameter, or one is held", () => {
    expect(findTarget(servingOf(product.replace("ctr^a", "ctr * cvr^a")), "m", {}).anchor).toBeUndefined();
    expect(findTarget(servingOf(product), "m", { params: ["b"] }).anchor).toBeUndefined();
  });

  it("matters where a rule multiplies scores", () => {
    const rules = 'rules page { boost sale when campaign == "x" by 1.5 }\nrank feed = top 5 by score with page\n';
    expect(findTarget(servingOf(product + rules), "m", {}).anchor).toBeUndefined();
    const plain = "rules page { spread same at most 1 of price in 2 }\nrank feed = top 5 by score with page\n";
    expect(findTarget(servingOf(product + plain), "m", {}).anchor?.name).toBe("a");
  });

  it("turns coefficients into exponents", () => {
    const serving = servingOf("params { a: 0.5 in [0, 2], b: 0.25 in [0, 1] }\nfusion score = ctr * cvr^a * stay^b\n");
    const target = findTarget(serving, "m", {});
    const form = target.form;
    if (form === undefined) throw new Error("no form");
    expect(scaleCoefficients(form, Float64Array.from([2, 1, 3]), target.params)).toEqual([
      { name: "a", value: 0.5 },
      { name: "b", value: 1, outside: 1.5 },
    ]);
    expect(scaleCoefficients(form, Float64Array.from([0, 1, 3]), target.params)).toBeUndefined();
  });
});

describe("a patch of parameters", () => {
  const text = "model m\n\nparams {\n  a:   0.5 in [0, 2] // why\n  bee: 1_000 in [0, 5_000]\n}\n";

  async function patched(spec: string, values: Readonly<Record<string, number>>): Promise<string> {
    const full = `${head}${spec.replace("model m\n", "")}fusion score = ctr^a + bee * cvr\n`;
    const { files, sources, model } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": full }));
    const found = new Map(
      [...files].map(([path, tree]) => [path, { text: sources.get(path)?.text ?? "", spec: tree }]),
    );
    const changes = (model?.serving?.params ?? []).map(({ name, span, value }) => ({
      name,
      span,
      value: values[name] ?? value,
    }));
    const [file] = await patchParams(found, changes, format);
    const lines = (file?.after ?? "").split("\n");
    return lines.filter((line) => /^ {2}(a|bee):/.test(line)).join("\n");
  }

  it("changes values and nothing else", async () => {
    const odd = text.replace("a:   0.5", "a : 0.5  ").replace("  a", "   a");
    expect(await patched(text.replace("  a:", "  a :"), { a: 0.75 })).toContain("bee: 1_000 in [0, 5_000]");
    expect(await patched(text, { a: 0.5, bee: 1000 })).toBe("");
    expect(await patched(odd, { bee: 12 })).toContain("bee: 12 in [0, 5_000]");
  });

  it("keeps a canonical layout canonical", async () => {
    const canonical = await format(`${head}${text.replace("model m\n", "")}fusion score = ctr^a + bee * cvr\n`);
    expect(canonical).toContain("  a:   0.5   in [0, 2] // why");
    const { files, sources, model } = compileSpec("m.mtl", createMemoryHost({ "m.mtl": canonical }));
    const found = new Map(
      [...files].map(([path, tree]) => [path, { text: sources.get(path)?.text ?? "", spec: tree }]),
    );
    const [first] = model?.serving?.params ?? [];
    if (first === undefined) throw new Error("no parameter");
    const [file] = await patchParams(found, [{ name: first.name, span: first.span, value: 0.123456 }], format);
    expect(file?.after).toContain("  a:   0.123456 in [0, 2] // why\n  bee: 1_000    in [0, 5_000]");
  });

  it("writes numbers that a spec can read", () => {
    expect(numberText(0.00012)).toBe("0.00012");
    expect(numberText(0.0000012)).toBe("0.0000012");
    expect(numberText(12345)).toBe("12345");
    expect(roundInside(0.123456, 0, 1)).toBe(0.1235);
    expect(roundInside(0.00002, 0, 2)).toBe(0);
    expect(roundInside(0.00002, 0, 0.0001)).toBe(0.00002);
    expect(roundInside(123.456, 0, 1000)).toBe(123.5);
    expect(roundInside(1.99996, 0, 1.9999)).toBe(1.9999);
  });
});
