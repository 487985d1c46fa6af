import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageCalled, readPages } from "../docs/pages.js";
import { specTests } from "../../src/testing/index.js";

const root = resolve(import.meta.dirname, "../..");

// Declares the tests of shipped specs here, as a user's project does.
specTests(join(root, "specs/examples/rules"));

const spec = `model page

attributes {
  quality: number
}

fusion score = quality

rank page = top 2 by score

test "the better first" {
  candidate a { quality: 1 }
  candidate b { quality: 2 }
  expect page == [b, a]
}

test "the worse first" {
  candidate a { quality: 1 }
  candidate b { quality: 2 }
  expect page == [a, b]
}
`;

const page = pageCalled(readPages(), "docs/testing.md");

/** A program of the page, by the name in its first line; they are written without types of their own. */
function program(name: string): string {
  const fence = page.fences.find(({ text }) => text.startsWith(`// ${name}\n`));
  if (fence === undefined) throw new Error(`docs/testing.md has no program ${name}`);
  return fence.text;
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** What vitest reports of a project. */
function reportOf(folder: string): Report {
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const words = [vitest, "run", "--root", folder, "--reporter=json", "--outputFile=report.json"];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: "utf8" });
  const file = join(folder, "report.json");
  if (!existsSync(file)) throw new Error(`vitest reports nothing: ${stdout}${stderr}`);
  return JSON.parse(readFileSync(file, "utf8")) as Report;
}

describe("a project that tests its specs", () => {
  const folder = mkdtempSync(join(tmpdir(), "mtlc-testing-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const results = new Map<string, { readonly status: string; readonly message: string }>();

  beforeAll(() => {
    expect(spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root }).status).toBe(0);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/mtlc"));
    symlinkSync(join(root, "node_modules/vitest"), join(folder, "node_modules/vitest"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    // Without one of its own, vitest takes that of a folder above: whatever lies beside temporary folders.
    writeFileSync(join(folder, "vitest.config.js"), "export default {};\n");
    mkdirSync(join(folder, "specs"));
    writeFileSync(join(folder, "specs/page.mtl"), spec);
    writeFileSync(join(folder, "specs/wrong.mtl"), "model wrong\n\nfusion score = quality\n");
    writeFileSync(join(folder, "unused.mtl"), "model unused\n\nparams {\n  alpha: 0.5 in [0, 2]\n}\n");
    writeFileSync(
      join(folder, "specs.test.js"),
      `${program("specs.test.ts")}
specTests(new URL("./unused.mtl", import.meta.url));
specTests("unused.mtl", { allowWarnings: true });
`,
    );
    writeFileSync(join(folder, "editor.test.js"), program("editor.test.ts"));
    const { testResults } = reportOf(folder);
    for (const { fullName, status, failureMessages } of testResults.flatMap((each) => each.assertionResults))
      results.set(fullName, { status, message: failureMessages.join("\n") });
  }, 120_000);

  it("has a test for each spec and each of its test blocks", () => {
    const declared = [...results].filter(([name]) => name.startsWith("specs "));
    expect(declared.map(([name, { status }]) => `${name}: ${status}`)).toEqual([
      "specs specs/page.mtl is clean: passed",
      "specs specs/page.mtl the better first: passed",
      "specs specs/page.mtl the worse first: failed",
      "specs specs/wrong.mtl is clean: failed",
      `specs ${join(folder, "unused.mtl")} is clean: failed`,
      "specs unused.mtl is clean: passed",
    ]);
  });

  it("runs the page's tests of an editor", () => {
    const names = ["names of the shared features are offered", "hovering says what a feature is"];
    expect(names.map((name) => results.get(name)?.status)).toEqual(["passed", "passed"]);
  });

  it("shows what a failed expectation was made of, at its line", () => {
    const message = results.get("specs specs/page.mtl the worse first")?.message;
    expect(message).toContain("page == [a, b]");
    expect(message).toContain("[b, a]");
    expect(message).toContain("specs/page.mtl:20:1");
  });

  it("shows what the checker says", () => {
    expect(results.get("specs specs/wrong.mtl is clean")?.message).toMatch(
      /error\[MTL\d+\].*`quality`[^]*wrong\.mtl:3:/,
    );
    expect(results.get(`specs ${join(folder, "unused.mtl")} is clean`)?.message).toMatch(/warning\[MTL6\d+\]/);
  });
});
