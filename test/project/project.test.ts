import { Ajv } from "ajv";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { format, resolveConfig } from "prettier";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { language } from "../../src/compiler/semantics/index.js";
import { parseProject, projectSchema, type Project } from "../../src/project/index.js";
import { root } from "../semantics/compile.js";

const tools = { createAjv: () => new Ajv({ strict: true }), parseTree, findNodeAtLocation };

/** What is wrong with a project file, and the text that it points at. */
function wrong(text: string): readonly [code: string, message: string, at: string] {
  const result = parseProject("mtlc.json", text, tools);
  if (result.kind === "project") return ["", "", ""];
  const { code, message, span } = result.diagnostic;
  return [code, message, text.slice(span.start, span.end)];
}

function read(text: string): Project {
  const result = parseProject("mtlc.json", text, tools);
  if (result.kind === "wrong") throw new Error(result.diagnostic.message);
  return result.project;
}

describe("a project file", () => {
  it("says what it says, and nothing else", () => {
    expect(read("{}")).toEqual({ file: "mtlc.json", severities: new Map(), denyWarnings: false });
    const text =
      '{ "$schema": "x", "paths": ["specs"], "edition": 2026, "severities": { "MTL6001": "off" }, "denyWarnings": true, "formatter": { "width": 80 } }';
    expect(read(text)).toEqual({
      file: "mtlc.json",
      paths: ["specs"],
      edition: 2026,
      severities: new Map([["MTL6001", "off"]]),
      denyWarnings: true,
      width: 80,
    });
    expect(read('\uFEFF{ "edition": 2026 }').edition).toBe(2026);
  });

  it("knows codes by their slugs", () => {
    expect(read('{ "severities": { "unused-feature": "error" } }').severities).toEqual(new Map([["MTL6001", "error"]]));
  });

  it.each([
    ["{", "MTL8050", "is not JSON", ""],
    ['{ "edition": 2026, }', "MTL8050", "is not JSON", "}"],
    ["[]", "MTL8051", "it must be an object", "[]"],
    ['{ "edtion": 2026 }', "MTL8051", "did you mean `edition`?", '"edtion"'],
    ['{ "edition": 2031 }', "MTL8051", "it must be 2026", '"edition"'],
    ['{ "paths": "specs" }', "MTL8051", "it must be a list", '"paths"'],
    ['{ "paths": [1] }', "MTL8051", "it must be a string", "1"],
    ['{ "severities": { "MTL6001": "loud" } }', "MTL8051", '"error" or "warning" or "off"', '"MTL6001"'],
    ['{ "severities": { "MTL9999": "off" } }', "MTL8051", "no message of mtlc has this code or slug", '"MTL9999"'],
    ['{ "severities": { "MTL2001": "warning" } }', "MTL8051", "an error cannot be lowered", '"MTL2001"'],
    ['{ "denyWarnings": 1 }', "MTL8051", "it must be true or false", '"denyWarnings"'],
    ['{ "formatter": { "width": 10 } }', "MTL8051", "it must be >= 40", '"width"'],
    ['{ "formatter": { "tabs": 2 } }', "MTL8051", "there are width", '"tabs"'],
  ])("%s is one error at its key", (text, code, says, at) => {
    const [found, message, shown] = wrong(text);
    expect([found, shown]).toEqual([code, at]);
    expect(message).toContain(says);
  });

  it("has a published schema that editors complete it by", async () => {
    const schema = projectSchema(language.editions.map(({ edition }) => edition));
    const path = join(root, "grammar/schemas/mtlc.schema.json");
    const text = await format(JSON.stringify(schema), { ...(await resolveConfig(path)), filepath: path });
    await expect(text).toMatchFileSnapshot(path);
  });
});
