import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readInputs } from "../../src/compiler/formulas/index.js";
import { compileText, messagesOf } from "../semantics/compile.js";
import { runGenerated, runInterpreter } from "../formulas/evaluators.js";

/**
 * What formulas mean, as data: each file is read by both evaluators here and by `oracle.py`, which has a parser of its own.
 * `make-cases.py` writes the files.
 */
interface CaseFile {
  readonly about: string;
  readonly now: number;
  readonly declarations: string;
  readonly cases: readonly Case[];
}

type Row = Readonly<Record<string, unknown>>;
type Case =
  | { readonly expression: string; readonly rows: readonly Row[]; readonly expected: readonly (number | null)[] }
  | { readonly condition: string; readonly rows: readonly Row[]; readonly expected: readonly (boolean | null)[] }
  | { readonly expression: string; readonly code: string }
  | { readonly declaration: string; readonly value: unknown; readonly expected: number | string };

const folder = join(import.meta.dirname, "fusion");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const read = (name: string): CaseFile => JSON.parse(readFileSync(join(folder, name), "utf8")) as CaseFile;

/** A condition as a number: 1, 0, or −1 where it is unknown. */
const asNumber = (condition: string): string => `if(${condition}, 1, if(not (${condition}), 0, -1))`;

function formulaOf(each: Case): string {
  return "condition" in each ? asNumber(each.condition) : "expression" in each ? each.expression : "x";
}

function evaluateBoth(spec: string, rows: readonly Row[], now: number): readonly (readonly (readonly number[])[])[] {
  const compiled = compileText(spec);
  const serving = compiled.model?.serving;
  if (serving === undefined) throw new Error(messagesOf(compiled));
  const result = readInputs(serving, { candidates: rows, now });
  if (result.kind === "refused") throw new Error(`refused: ${result.input} ${result.reason}`);
  expect(result.leftOut).toEqual([]);
  return [runInterpreter, runGenerated].map((run) => run(serving.fusions, result.frame).map((column) => [...column]));
}

/** Within 1e-12, relatively, and 1e-15 of 0, whose sign does not count. */
function isNear(found: number | undefined, expected: number): boolean {
  return (
    found !== undefined &&
    Math.abs(found - expected) <= Math.max(1e-12 * Math.abs(expected), 1e-15 * Number(expected === 0))
  );
}

describe("conformance of formulas", () => {
  it("has at least 800 cases", () => {
    expect(files.map((name) => read(name).cases.length).reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(800);
  });

  it.each(files.filter((name) => !["errors.json", "policies.json"].includes(name)))("%s", (name) => {
    const { cases, declarations, now } = read(name);
    const texts = [...new Set(cases.map(formulaOf))];
    const spec = `model m\n\n${declarations}\n${texts.map((text, i) => `fusion f${i} = ${text}\n`).join("")}`;
    const faults: string[] = [];
    for (const each of cases) {
      if (!("rows" in each)) continue;
      const formula = texts.indexOf(formulaOf(each));
      const [interpreted, generated] = evaluateBoth(spec, each.rows, now).map((columns) => columns[formula] ?? []);
      each.expected.forEach((value, i) => {
        const wanted = value === null ? -1 : Number(value);
        if (!isNear(interpreted?.[i], wanted) || !Object.is(interpreted?.[i], generated?.[i]))
          faults.push(
            `${JSON.stringify(each)}: row ${i} gives ${String(interpreted?.[i])}, generated ${String(generated?.[i])}`,
          );
      });
    }
    expect(faults.slice(0, 10)).toEqual([]);
  });

  it("errors.json: one message, of the code", () => {
    const { cases, declarations } = read("errors.json");
    const faults = cases.flatMap((each) => {
      if (!("code" in each)) return [];
      const { diagnostics } = compileText(`model m\n\n${declarations}\nfusion bad = ${each.expression}\n`);
      const codes = diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code);
      return codes.length === 1 && codes[0] === each.code
        ? []
        : [`${each.expression}: ${each.code}, found ${codes.join()}`];
    });
    expect(faults).toEqual([]);
  });

  it("policies.json: what becomes of a value", () => {
    const faults = read("policies.json").cases.flatMap((each) => {
      if (!("declaration" in each)) return [];
      const { model } = compileText(`model m\n\nattributes { x: ${each.declaration} }\n\nfusion score = x * 1\n`);
      if (model?.serving === undefined) return [`${each.declaration}: no model`];
      const result = readInputs(model.serving, { candidates: [{ x: each.value }], now: 0 });
      const found =
        result.kind === "refused"
          ? result.reason === "type"
            ? "type"
            : `refused ${result.reason}`
          : (result.leftOut[0]?.reason ?? result.frame.numbers.get("x")?.[0]);
      return found === each.expected ? [] : [`${JSON.stringify(each)}: found ${String(found)}`];
    });
    expect(faults).toEqual([]);
  });

  it("holds for the oracle in Python", (context) => {
    const python = ["python3", "python"].find((name) => spawnSync(name, ["--version"]).status === 0);
    if (python === undefined) {
      context.skip("there is no Python here: the oracle was not asked");
      return;
    }
    const { status, stdout, stderr } = spawnSync(python, [join(folder, "oracle.py")], { encoding: "utf8" });
    expect(`${stdout}${stderr}`).toMatch(/^\d+ cases, 0 differ\n$/);
    expect(status).toBe(0);
  });
});
