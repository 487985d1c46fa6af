import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import {
  applySafeFixes,
  catalogue,
  createDiagnostic,
  renderGithub,
  renderSarif,
  type Diagnostic,
} from "../../src/compiler/diagnostics/index.js";
import { createSourceFile, type SourceFile } from "../../src/compiler/text/index.js";
import { compileFile } from "../semantics/compile.js";

const specs = join(import.meta.dirname, "../semantics/specs");
const schema = JSON.parse(readFileSync(join(import.meta.dirname, "sarif-schema-2.1.0.json"), "utf8")) as object;
const isSarif = new Ajv({ strict: false, validateFormats: false }).compile(schema);

function sarif(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, SourceFile>): unknown {
  return JSON.parse(renderSarif(diagnostics, sources, { version: "1.2.3" }));
}

const text = 'model m\nfusion f = a, b\n"x';
const odd = "odd dir/100%,a:b.mtl";
const source = createSourceFile(odd, text);
const sources = new Map([[odd, source]]);
const place = { file: odd, start: 19, end: 20 };
const one = createDiagnostic("MTL2001", { name: "a", what: "a score" }, place, {
  caption: "50%\nhere",
  labels: [{ span: { file: odd, start: 0, end: 5 }, message: "the model" }],
  fixes: [{ title: "write `c`", edits: [{ span: place, newText: "c" }] }],
});

describe("SARIF", () => {
  it("follows the schema of version 2.1.0, for each code of the checker", () => {
    for (const code of readdirSync(specs)) {
      const { diagnostics, sources: files } = compileFile(join(specs, code, "fail.mtl"));
      const log = sarif(diagnostics, files);
      expect(isSarif(log) ? [] : isSarif.errors, code).toEqual([]);
    }
    expect(isSarif(sarif([one], sources))).toBe(true);
    expect(isSarif(sarif([], new Map()))).toBe(true);
    expect(isSarif({ version: "2.1.0" })).toBe(false);
  });

  it("escapes paths and keeps places, labels and fixes", () => {
    const log = renderSarif([one], sources, { version: "1.2.3" });
    expect(log).toContain('"uri": "odd%20dir/100%25%2Ca%3Ab.mtl"');
    expect(sarif([one], sources)).toMatchObject({
      runs: [
        {
          columnKind: "utf16CodeUnits",
          tool: { driver: { semanticVersion: "1.2.3", rules: [{ id: "MTL2001", name: "unknown-name" }] } },
          results: [
            {
              level: "error",
              ruleIndex: 0,
              locations: [
                { physicalLocation: { region: { startLine: 2, startColumn: 12, endLine: 2, endColumn: 13 } } },
              ],
              relatedLocations: [{ message: { text: "the model" } }],
              fixes: [{ artifactChanges: [{ replacements: [{ insertedContent: { text: "c" } }] }] }],
            },
          ],
        },
      ],
    });
  });

  it("has what a rule means in the log itself, and no address of this machine", () => {
    const other = createDiagnostic("MTL1008", { close: ")" }, place);
    const text = renderSarif([one, other], sources, { version: "1.2.3" });
    const log = JSON.parse(text) as { runs: { tool: { driver: { rules: { help: { markdown: string } }[] } } }[] };
    expect(isSarif(log)).toBe(true);
    expect(log.runs[0]?.tool.driver.rules.map(({ help }) => help.markdown)).toEqual([
      expect.stringContaining(catalogue.MTL1008.fix),
      expect.stringContaining(catalogue.MTL2001.about),
    ]);
    expect(text).not.toMatch(/helpUri|file:/);
  });

  it("shows a diagnostic that is about no file without a place", () => {
    const nowhere = createDiagnostic("MTL8001", { command: "x" }, { file: "", start: 0, end: 0 });
    expect(isSarif(sarif([nowhere], sources))).toBe(true);
  });
});

describe("workflow commands of GitHub Actions", () => {
  it("are one line each, with everything escaped that would end a property or a line", () => {
    expect(renderGithub([one], sources)).toBe(
      "::error file=odd dir/100%25%2Ca%3Ab.mtl,line=2,endLine=2,col=12,endColumn=12,title=MTL2001::" +
        "no score is called `a`%0A50%25%0Ahere%0Aodd dir/100%25,a:b.mtl:1:1: the model\n",
    );
  });

  it("leave columns out for places of several lines", () => {
    const long = { ...one, span: { file: odd, start: 0, end: 12 } };
    expect(renderGithub([long], sources)).toMatch(/,line=1,endLine=2,title=/);
  });
});

describe("safe fixes", () => {
  const fix = (start: number, end: number, newText: string, safe = true): Diagnostic => ({
    ...one,
    fixes: [{ title: "", edits: [{ span: { file: odd, start, end }, newText }], ...(safe ? { safe } : {}) }],
  });

  it("are applied together where they do not touch", () => {
    expect(applySafeFixes(odd, "abcdef", [fix(0, 1, "X"), fix(4, 5, ""), fix(2, 2, "--")])).toBe("Xb--cdf");
    expect(applySafeFixes(odd, "abcdef", [fix(0, 2, "X"), fix(1, 3, "Y")])).toBe("Xcdef");
  });

  it("are not guesses, and not those of other files", () => {
    expect(applySafeFixes(odd, "abc", [fix(0, 1, "X", false)])).toBe("abc");
    expect(applySafeFixes("other.mtl", "abc", [fix(0, 1, "X")])).toBe("abc");
  });
});
