import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Relaxed } from "../../src/compiler/ranking/index.js";
import { servingFiles } from "../targets/serving-files.js";
import { compileText, root } from "../semantics/compile.js";
import type { RulesCase } from "./rules-case.js";
import { relaxedOf } from "./rules-engine.js";
import { permitsOf, specOf } from "./rules-spec.js";

interface RankModule {
  readonly rank: (request: unknown) => {
    readonly items: readonly { readonly id: string; readonly score: number }[];
    readonly relaxed: readonly Relaxed[];
  };
}

const data = join(import.meta.dirname, "rules");
const folder = mkdtempSync(join(tmpdir(), "mtlc-rules-module-"));

beforeAll(() => {
  // The module carries compiled sources, which have to be those of the tree under test.
  const { status } = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  if (status !== 0) throw new Error("mtlc cannot be built");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function moduleOf(test: RulesCase): Promise<RankModule> {
  const { model } = compileText(specOf(test));
  if (model === undefined) throw new Error(`no model: ${specOf(test)}`);
  const own = join(folder, test.name.replaceAll(" ", "-"));
  for (const { path, content } of servingFiles(model)) {
    mkdirSync(dirname(join(own, path)), { recursive: true });
    writeFileSync(join(own, path), content);
  }
  return (await import(pathToFileURL(join(own, "serving/index.js")).href)) as RankModule;
}

describe("rules conformance of the standalone module", () => {
  it.each(readdirSync(data).filter((file) => file.endsWith(".json")))("%s", async (file) => {
    const cases = JSON.parse(readFileSync(join(data, file), "utf8")) as readonly RulesCase[];
    for (const test of cases) {
      const { rank } = await moduleOf(test);
      const { candidates, tail = [], now } = test;
      const { items, relaxed } = rank({ request: "request", candidates, tail, now, permits: permitsOf(test) });
      const plain: unknown = JSON.parse(JSON.stringify(relaxedOf(relaxed)).replaceAll('"all.', '"'));
      expect(
        { list: items.map(({ id }) => id), scores: items.map(({ score }) => score), relaxed: plain },
        `${test.name}\n${specOf(test)}`,
      ).toEqual(test.expect);
    }
  });
});
