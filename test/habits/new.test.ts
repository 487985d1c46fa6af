import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTree, root, type TreeCopy } from "./tree-copy.js";

/** `npm run new` in a copy of the tree: what it writes compiles, and its tests fail until somebody fills them in. */
let tree: TreeCopy;
beforeAll(() => {
  tree = copyTree();
}, 120_000);
afterAll(() => tree.remove());

const written: readonly (readonly [kind: string, name: string, files: readonly string[], test: string])[] = [
  [
    "layer",
    "squeeze",
    ["src/compiler/builtins/layers/squeeze.ts", "src/compiler/builtins/tables.ts"],
    "test/builtins/squeeze.test.ts",
  ],
  [
    "loss",
    "log_cosh",
    ["src/compiler/builtins/losses/log-cosh.ts", "src/compiler/builtins/tables.ts"],
    "test/builtins/log-cosh.test.ts",
  ],
  [
    "gate",
    "sparsemax",
    ["src/compiler/builtins/gates/sparsemax.ts", "src/compiler/builtins/tables.ts"],
    "test/builtins/sparsemax.test.ts",
  ],
  [
    "code",
    "lint/empty-rules",
    [
      "src/compiler/diagnostics/catalogue/spec/lint.ts",
      "test/semantics/specs/MTLnnnn/fail.mtl",
      "test/semantics/specs/MTLnnnn/pass.mtl",
    ],
    "test/semantics/codes.test.ts",
  ],
  [
    "rule",
    "require",
    ["src/compiler/rules/verbs/require.ts", "src/compiler/rules/verbs/index.ts"],
    "test/serving/rule-require.test.ts",
  ],
];

describe("npm run new", () => {
  it("is scripts/new.mjs", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(scripts["new"]).toBe("node scripts/new.mjs");
  });

  it.each(written)("%s %s writes its files and says which", (kind, name, files, test) => {
    const { status, stdout, stderr } = tree.node(join(root, "scripts/new.mjs"), kind, name, "--root", tree.folder);
    expect([status, stderr]).toEqual([0, ""]);
    const wrote = [...stdout.replaceAll(/MTL\d{4}/g, "MTLnnnn").matchAll(/^wrote (.*)$/gm)].map((match) => match[1]);
    // A code's failing spec is read by a test that is there already.
    expect(wrote).toEqual(kind === "code" ? files : [...files, test]);
  });

  it("leaves a tree that compiles, in the layout of the others", () => {
    expect(tree.typeErrors()).toBe("");
    const paths = written.flatMap(([, , files, test]) => [...files, test]).filter((path) => path.endsWith(".ts"));
    const { status, stdout } = tree.node("node_modules/prettier/bin/prettier.cjs", "--check", ...new Set(paths));
    expect([status, stdout]).toEqual([0, expect.any(String)]);
  }, 120_000);

  it("leaves tests that fail until they are filled in", () => {
    const { status } = tree.vitest(
      "--reporter=json",
      "--outputFile=report.json",
      ...written.map(([, , , test]) => test),
    );
    expect(status).toBe(1);
    const { testResults } = JSON.parse(readFileSync(join(tree.folder, "report.json"), "utf8")) as {
      readonly testResults: readonly { readonly name: string; readonly status: string }[];
    };
    const failed = testResults.filter((each) => each.status === "failed").map(({ name }) => name);
    expect(failed.toSorted()).toEqual(written.map(([, , , test]) => join(tree.folder, test)).toSorted());
  }, 120_000);

  it.each([
    ["loss log_cosh", "`log_cosh` exists: src/compiler/builtins/losses/log-cosh.ts", 1],
    ["layer bce", "`bce` exists: src/compiler/builtins/losses/bce.ts", 1],
    ["layer leaky_relu", "`leaky_relu` exists: src/compiler/builtins/activations/plain.ts", 1],
    ["layer embed", "`embed` exists: src/compiler/builtins/layers/embedding.ts", 1],
    ["gate load", "`load` exists: src/compiler/builtins/penalties/gates.ts", 1],
    ["layer mmoe", "`mmoe` exists: src/compiler/builtins/families/mmoe.ts", 1],
    ["loss gls", "`gls` exists: src/compiler/builtins/balances/gls.ts", 1],
    ["loss LogCosh", "`LogCosh` cannot name a loss: names are lower-case words with `_` between them", 1],
    ["loss ../bce", "`../bce` cannot name a loss", 1],
    ["code lint/empty-rules", "`empty-rules` exists: MTL", 1],
    ["code lint/Empty", "`Empty` cannot name a code: slugs are lower-case words", 1],
    ["code empty-rules", "`empty-rules` does not name a code: write GROUP/SLUG", 1],
    ["rule require", "src/compiler/rules/verbs/require.ts exists", 1],
    ["rule drop", "src/compiler/rules/verbs/drop.ts exists", 1],
    ["rule fusion", "`fusion` cannot name a rule: it is a keyword of the language", 1],
    ["gate tower", "`tower` cannot name a gate: it is a keyword of the language", 1],
    ["gate delete", "`delete` cannot name a gate: it is a keyword of TypeScript", 1],
    ["toString x", "cannot write a new `toString`; it can be layer, loss, gate, ", 2],
    ["loss", "usage: npm run new -- ", 2],
    ["", "usage: npm run new -- ", 2],
    ["loss a b", "usage: npm run new -- ", 2],
  ])("refuses %j in one line, and writes nothing", (line, message, exitCode) => {
    tree.git("add", "-A");
    const words = line === "" ? [] : line.split(" ");
    const { status, stdout, stderr } = tree.node(join(root, "scripts/new.mjs"), ...words, "--root", tree.folder);
    expect([status, stdout]).toEqual([exitCode, ""]);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd()).not.toContain("\n");
    expect(tree.git("diff", "--name-only").stdout).toBe("");
    expect(tree.git("ls-files", "--others", "--exclude-standard").stdout).toBe("");
  });

  it("refuses a folder that is not a clone", () => {
    const { status, stderr } = tree.node(
      join(root, "scripts/new.mjs"),
      "loss",
      "log_cosh",
      "--root",
      join(root, "docs"),
    );
    expect([status, stderr]).toEqual([2, `\`${join(root, "docs")}\` is not a clone of mtl\n`]);
  });
});
