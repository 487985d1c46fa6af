import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyTree, root, type TreeCopy } from "./tree-copy.js";

/**
 * CONTRIBUTING.md says which files an addition needs. Each patch is such an addition as a newcomer writes it: it touches the files
 * that its section names and no others, compiles, passes its tests, and is taken back without a trace. All are applied to one
 * copy of the tree, so that types and tests are run once.
 */
interface Addition {
  /** `patches/NAME.patch`. */
  readonly name: string;
  /** Heading in CONTRIBUTING.md. */
  readonly section: string;
  /** How many files a person changes at most, tests apart: docs/architecture.md says so. */
  readonly most: number;
  /** What has to pass with the patch as it is. */
  readonly tests: readonly string[];
  /** What `npm run accept` rewrites. */
  readonly goldens: readonly string[];
}

const additions: readonly Addition[] = [
  {
    name: "loss",
    section: "A loss",
    most: 3,
    tests: ["test/builtins", "test/docs/docs.test.ts", "test/server/completion.test.ts"],
    goldens: ["test/semantics/codes.test.ts", "test/semantics/mistakes.test.ts"],
  },
  {
    name: "diagnostic",
    section: "A diagnostic",
    most: 3,
    tests: ["test/docs/docs.test.ts"],
    goldens: ["test/semantics/codes.test.ts", "test/diagnostics"],
  },
  {
    name: "formula",
    section: "A function of formulas",
    most: 2,
    tests: ["test/semantics/arguments.test.ts", "test/docs/docs.test.ts"],
    goldens: [],
  },
  {
    name: "feature",
    section: "A kind of feature",
    most: 3,
    tests: ["test/docs/docs.test.ts", "test/server/completion.test.ts"],
    goldens: [],
  },
  {
    name: "rule",
    section: "A verb of rules",
    most: 3,
    tests: ["test/serving/rule-require.test.ts", "test/docs/docs.test.ts", "test/server/completion.test.ts"],
    goldens: ["test/syntax/grammar.test.ts", "test/syntax/textmate.test.ts"],
  },
  {
    name: "declaration",
    section: "A declaration",
    most: 15,
    tests: ["test/architecture/declarations.test.ts", "test/docs/docs.test.ts", "test/server/completion.test.ts"],
    goldens: ["test/syntax/grammar.test.ts", "test/syntax/textmate.test.ts"],
  },
];

const folder = join(root, "test/architecture/patches");
const pathOf = (name: string): string => join(folder, `${name}.patch`);

/** Files that a patch touches. */
function filesOf(name: string): readonly string[] {
  const text = readFileSync(pathOf(name), "utf8");
  return [...text.matchAll(/^diff --git a\/(\S+) b\/(\S+)$/gm)].map((match) => match[2] ?? "");
}

/** What the section of CONTRIBUTING.md names in backticks, as patterns: NAME and the like stand for one word. */
function namedIn(section: string): readonly RegExp[] {
  const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
  const body = text.split(/^### /m).find((part) => part.startsWith(`${section}\n`));
  if (body === undefined) throw new Error(`CONTRIBUTING.md has no section "${section}"`);
  const names = [...body.matchAll(/`([\w.*-]+(?:\/[\w.*-]+)+)`/g)].map((match) => match[1] ?? "");
  return names.map((name) => {
    const literal = name.replaceAll(/[.]/g, "\\.").replaceAll(/NAME|GROUP|FAMILY|nnnn|\*/g, "[\\w-]+");
    return new RegExp(`^${literal}$`);
  });
}

let tree: TreeCopy;
beforeAll(() => {
  tree = copyTree();
}, 120_000);
afterAll(() => tree.remove());

/** What git says of the copy: nothing where it is as it was. */
const changes = (): readonly string[] =>
  tree
    .git("status", "--porcelain", "--untracked-files=all")
    .stdout.split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(3));

function apply(name: string, ...words: readonly string[]): void {
  const { status, stderr } = tree.git("apply", "--recount", ...words, pathOf(name));
  if (status !== 0)
    throw new Error(
      `test/architecture/patches/${name}.patch no longer applies; make its change by hand and write it again, as its head says:\n${stderr}`,
    );
}

describe("additions by CONTRIBUTING.md", () => {
  it("are the patches that there are", () => {
    const files = readdirSync(folder).filter((name) => name.endsWith(".patch"));
    expect(files.toSorted()).toEqual(additions.map(({ name }) => `${name}.patch`).toSorted());
  });

  it.each(additions)("$name touches only files that CONTRIBUTING.md names", ({ name, section }) => {
    const patterns = namedIn(section);
    const touched = filesOf(name);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it.each(additions)("$name takes at most $most files by hand", ({ name, most }) => {
    // The types of the syntax tree are written by `npm run accept`; a patch has them so that it compiles.
    const byHand = filesOf(name).filter((path) => !path.startsWith("test/") && path !== "src/compiler/syntax/cst.ts");
    expect(byHand.length).toBeLessThanOrEqual(most);
  });

  it.each(additions)("$name applies, and is taken back without a trace", ({ name }) => {
    apply(name);
    expect(changes().toSorted()).toEqual(filesOf(name).toSorted());
    apply(name, "--reverse");
    expect(changes()).toEqual([]);
  });

  it("compile together, in the layout of the tree", () => {
    for (const { name } of additions) apply(name);
    expect(tree.typeErrors()).toBe("");
    const sources = additions.flatMap(({ name }) => filesOf(name)).filter((path) => /\.(ts|md)$/.test(path));
    const { stdout, stderr } = tree.node("node_modules/prettier/bin/prettier.cjs", "--list-different", ...sources);
    expect(`${stdout}${stderr}`).toBe("");
  }, 120_000);

  it("pass their tests, and change no goldens but those that CONTRIBUTING.md says are renewed", () => {
    const files = additions.flatMap(({ tests, goldens }) => [...tests, ...goldens]);
    const { status, stdout, stderr } = tree.vitest("--update", ...new Set(files));
    expect(status, `${stdout}${stderr}`).toBe(0);
    const patterns = additions.flatMap(({ section }) => namedIn(section));
    expect(changes().filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
  }, 240_000);
});
