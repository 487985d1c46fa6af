import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shippedModels } from "../shipped-models.js";
import { chromiumPath, openBrowser, scriptPolicy, type WebBrowser, type WebPage, wasmPolicy } from "./browser.js";
import { type WebCase, webCase } from "./web-specs.js";

/** Specs of other structures than their neighbours: experts, attention over sequences, bags, chains of heads. */
const fewSpecs: ReadonlySet<string> = new Set([
  "census/mmoe.mtl",
  "examples/din.mtl",
  "examples/meitu.mtl",
  "synthetic/esmm.mtl",
]);
/** All of them take minutes: `MTLC_WEB=all`. */
const specs = shippedModels.filter(([file]) => process.env["MTLC_WEB"] === "all" || fewSpecs.has(file));

if (chromiumPath === undefined)
  console.warn("no Chromium is installed (or named by MTLC_CHROMIUM), so web modules are not tried in a page");

interface Found {
  readonly isModel: boolean;
  readonly backend: string;
  readonly heads: Readonly<Record<string, readonly number[]>>;
  readonly later: Readonly<Record<string, readonly number[]>>;
  readonly violations: readonly string[];
}

function expectPredicted(
  found: Readonly<Record<string, readonly number[]>>,
  { expected }: WebCase,
  what: string,
): void {
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const [head, values] of Object.entries(expected))
    values.forEach((value, row) => {
      const difference = Math.abs((found[head]?.[row] ?? NaN) - value);
      expect(difference / Math.max(1e-2, Math.abs(value)), `${what}: ${head} of row ${row}`).toBeLessThanOrEqual(1e-5);
    });
}

describe.skipIf(chromiumPath === undefined)(
  "a web module in a page that evaluates no text",
  { timeout: 60_000 },
  () => {
    let browser: WebBrowser;
    let page: WebPage;

    beforeAll(async () => {
      browser = await openBrowser();
      for (const file of ["page.js", "worker.js"])
        browser.put(`/${file}`, readFileSync(join(import.meta.dirname, file)));
      page = await browser.open(wasmPolicy);
    });
    afterAll(() => browser.close());

    async function served(file: string): Promise<readonly [string, WebCase]> {
      const model = shippedModels.find(([name]) => name === file)?.[1];
      if (model === undefined) throw new Error(`${file} is not a spec`);
      const made = await webCase(model);
      const path = `/${file}.js`;
      browser.put(path, made.files.get("index.js") ?? "");
      return [path, made];
    }

    it("tries specs that are there", () => {
      expect([...fewSpecs].filter((file) => !shippedModels.some(([name]) => name === file))).toEqual([]);
    });

    it.each(specs.map(([file]) => file))("predicts %s as our engine does", async (file) => {
      const [path, made] = await served(file);
      const found = (await page.call("predict", path, made.rows, {})) as Found;
      expect(found).toMatchObject({ isModel: true, backend: "wasm", violations: [] });
      expectPredicted(found.heads, made, "predict");
      expectPredicted(found.later, made, "predictAsync");
    });

    it("runs on the graphics processor, in a worker, and without WebAssembly", async () => {
      const [path, made] = await served("census/mmoe.mtl");
      const webgl = (await page.call("predict", path, made.rows, { backend: "webgl" })) as Found;
      expect(webgl).toMatchObject({ backend: "webgl", violations: [] });
      expectPredicted(webgl.heads, made, "webgl");
      const worker = (await page.call("predictInWorker", path, made.rows, {})) as Found;
      expect(worker.backend).toBe("wasm");
      expectPredicted(worker.heads, made, "a worker");

      const strict = await browser.open(scriptPolicy);
      const plain = (await strict.call("predict", path, made.rows, {})) as Found;
      expect(plain.backend).toBe("cpu");
      expectPredicted(plain.heads, made, "cpu");
      await expect(strict.call("predict", path, made.rows, { backend: "wasm" })).rejects.toThrow(
        "WebAssembly with SIMD does not run here: allow it by `script-src 'wasm-unsafe-eval'`",
      );
      expect(await strict.call("evaluatesText")).toBe(false);
      expect(await page.call("evaluatesText")).toBe(false);
    });
  },
);
