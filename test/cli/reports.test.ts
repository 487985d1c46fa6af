import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCall } from "../../src/cli/arguments.js";
import { createStyle } from "../../src/cli/style.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { verbs } from "../../src/cli/commands/index.js";
import { root } from "../semantics/compile.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mtlc-reports-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a verb in this process. */
async function run(
  name: string,
  ...words: readonly string[]
): Promise<{ readonly out: string; readonly code: number }> {
  const verb = verbs.find(({ spec }) => spec.name === name);
  if (verb === undefined) throw new Error(`no verb ${name}`);
  let out = "";
  const style = createStyle(false);
  const terminal: Terminal = {
    out: (text) => void (out += text),
    err: () => undefined,
    isInteractive: false,
    width: 100,
    outStyle: style,
    errStyle: style,
    readInput: () => Promise.resolve(""),
  };
  return { code: await verb.run(parseCall(verb.spec, words), terminal), out };
}

const feed = join(root, "specs/examples/feed.mtl");

describe("commands that say what a model is", () => {
  it("print for people and for programs", async () => {
    const cost = await run("cost", feed, "--format", "json", "--ids", "brand=101");
    expect(cost.code).toBe(0);
    expect(JSON.parse(cost.out)).toMatchObject({
      model: "feed",
      separate: { parameters: expect.any(Number) as number },
    });
    expect((await run("cost", feed)).out).toContain("experts pool");
    expect(JSON.parse((await run("graph", feed, "--format", "json")).out)).toHaveProperty("cards");
    expect((await run("graph", feed, "--format", "dot")).out).toMatch(/^digraph "feed"/);
    expect((await run("graph", feed)).out).toMatch(/^<svg /);
    expect((await run("doc", feed)).out).toMatch(/^# feed\n/);
    expect(JSON.parse((await run("doc", feed, "--format", "json")).out)).toHaveProperty("page");
    expect(JSON.parse((await run("explain", feed, "--format", "json")).out)).toMatchObject({ model: "feed" });
    const diff = await run("diff", feed, feed, "--exit-code", "--format", "json");
    expect(diff.code).toBe(0);
    expect(JSON.parse(diff.out)).toMatchObject({ class: "none" });
  });

  it("write files whole, in the form that their names ask for", async () => {
    const [svg, dot, page] = ["feed.svg", "feed.dot", "feed.md"].map((name) => join(folder, name));
    if (svg === undefined || dot === undefined || page === undefined) throw new Error("three files");
    expect(await run("graph", feed, "-o", svg)).toEqual({ code: 0, out: "" });
    await run("graph", feed, "-o", dot);
    await run("doc", feed, "--image", "feed.svg", "-o", page);
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg /);
    expect(readFileSync(dot, "utf8")).toMatch(/^digraph/);
    expect(readFileSync(page, "utf8")).toContain("![The model feed](feed.svg)");
    expect(readdirSync(folder)).toEqual(["feed.dot", "feed.md", "feed.svg"]);
    await expect(run("doc", feed, "-o", join(folder, "none/feed.md"))).rejects.toThrow("MTL8008");
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it("say what they cannot read", async () => {
    for (const name of ["cost", "graph", "doc", "explain"])
      await expect(run(name, join(folder, "none.mtl"))).rejects.toThrow("MTL8007");
    await expect(run("cost", folder)).rejects.toThrow("MTL7201");
  });
});
