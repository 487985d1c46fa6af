import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { anchorOf, sectionsOf } from "../docs/pages.js";

/** The pages for contributors say what is so: their links lead somewhere, and the scripts that they name are there. */
const root = resolve(import.meta.dirname, "../..");
const markdownIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const pages = [
  ...markdownIn(".").filter((name) => name !== "README.md"),
  ...markdownIn("docs/decisions"),
  ...markdownIn(".github"),
  "docs/architecture.md",
];
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Whether a link leads to a file and, in a page, to one of its headings. */
function leadsSomewhere(page: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const found = file === "" ? join(root, page) : join(root, dirname(page), file);
  if (!existsSync(found)) return false;
  if (anchor === undefined) return true;
  const text = readFileSync(found, "utf8");
  return sectionsOf({ path: found, text, fences: [] }).some(({ title }) => anchorOf(title) === anchor);
}

const kept = [
  "bin",
  "src",
  "test",
  "docs",
  "scripts",
  "grammar",
  "specs",
  "editors",
  "bench",
  "native",
  ".ci",
  ".github",
];
const paths = new Set(
  kept.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  ),
);

/** What commands write, packages, and names of another kind. */
const written = /^(@|mtlc|std|serving|\.mtlc|node_modules|dist)\b/;

/** Whether there is such a file or folder; pages leave out the start of a long path: `lower/log-space.ts`. */
function isThere(name: string): boolean {
  return paths.has(name) || [...paths].some((path) => path.endsWith(`/${name}`));
}

describe.each(pages)("%s", (page) => {
  const text = read(page);

  it("has links that lead somewhere", () => {
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
    expect(targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, target))).toEqual([]);
  });

  it("names files and folders that are there", () => {
    const named = [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?)`/g)].map((match) =>
      (match[1] ?? "").replace(/\/$/, ""),
    );
    const missing = named.filter((name) => !written.test(name) && !/[A-Z]{4}|nnnn/.test(name) && !isThere(name));
    expect(missing).toEqual([]);
  });

  it("names scripts of package.json", () => {
    const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map((match) => match[1] ?? "");
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});

describe("docs/architecture.md", () => {
  const sources = [...paths].filter((path) => /^(src|test)\/.*\.ts$/.test(path)).map(read);
  const plain = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
  const samples = [...read("docs/architecture.md").matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(
    (match) => match[1] ?? "",
  );

  it.each(samples.map((sample) => [sample.split("\n", 1)[0] ?? "", sample]))("shows code as it is: %s", (_, sample) => {
    // A test has its example for itself, without `export`.
    const wanted = plain(sample).replace(/^export /, "");
    expect(sources.some((source) => plain(source).includes(wanted))).toBe(true);
  });

  it("has samples", () => {
    expect(samples.length).toBeGreaterThan(5);
  });
});

describe("decisions", () => {
  it("are all on the index, and have the same headings", () => {
    const index = read("docs/decisions/README.md");
    const files = readdirSync(join(root, "docs/decisions")).filter((name) => name !== "README.md");
    expect(files.filter((name) => !index.includes(`](${name})`))).toEqual([]);
    for (const name of files) {
      const headings = [...read(join("docs/decisions", name)).matchAll(/^## (.*)$/gm)].map((match) => match[1]);
      expect(headings, name).toEqual(
        expect.arrayContaining(["Decision", "Alternatives", "Costs", "What would change it"]),
      );
    }
  });
});
