import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "../../src/runtime/jobs/train.js";
import { createRanker } from "../../src/runtime/rank/index.js";
import { root } from "../architecture/source-imports.js";
import { shippedModels } from "../shipped-models.js";
import { chromiumPath, openBrowser, type WebBrowser, type WebPage } from "./browser.js";
import { type WebCase, webCase } from "./web-specs.js";

/** Specs of other structures than their neighbours: experts, attention over sequences, bags. */
const fewSpecs: ReadonlySet<string> = new Set(["census/mmoe.mtl", "examples/din.mtl", "examples/meitu.mtl"]);
/** All of them, on the graphics processor too, take minutes: `MTLC_WEB=all`. */
const takesAll = process.env["MTLC_WEB"] === "all";
const specs = shippedModels.map(([file]) => file).filter((file) => takesAll || fewSpecs.has(file));

/** What scripts may do: those of the server run, WebAssembly does, and no text is evaluated. */
const wasmPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";
const scriptPolicy = "default-src 'none'; script-src 'self'; worker-src 'self'";

if (chromiumPath === undefined)
  console.warn("no Chromium is installed (or named by MTLC_CHROMIUM), so web modules are not tried in a page");

interface ShopPage {
  readonly catalogue: readonly Readonly<Record<string, unknown>>[];
  readonly ids: readonly string[];
}

/** Moves the slider of the visitor's age and says what the page then shows. */
const showFor = `(async (age) => {
  const { catalogue } = await import("/shop/page.js");
  const slider = document.querySelector("[name=age]");
  slider.value = age;
  const body = document.querySelector("tbody");
  const changed = new Promise((resolve) => new MutationObserver(resolve).observe(body, { childList: true }));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await changed;
  return { catalogue, ids: [...body.querySelectorAll("tr:not(.out)")].map((row) => row.children[1].textContent) };
})`;

interface Found {
  readonly isModel: boolean;
  readonly backend: string;
  readonly heads: Readonly<Record<string, readonly number[]>>;
  readonly later: Readonly<Record<string, readonly number[]>>;
  readonly violations: readonly string[];
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
      const html = '<!doctype html><script type="module" src="/page.js"></script>';
      browser.put("/wasm.html", html, wasmPolicy);
      browser.put("/script.html", html, scriptPolicy);
      page = await browser.open("/wasm.html");
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

    it.each(specs)("predicts %s as our engine does", async (file) => {
      const [path, made] = await served(file);
      for (const backend of takesAll ? ["wasm", "webgl", "webgpu"] : ["wasm"]) {
        const found = (await page.call("predict", path, made.rows, backend === "wasm" ? {} : { backend })) as Found;
        expect(found).toMatchObject({ isModel: true, backend, violations: [] });
        expectPredicted(found.heads, made, `predict on ${backend}`);
        expectPredicted(found.later, made, `predictAsync on ${backend}`);
      }
      expect(page.said.filter((text) => !text.includes("asynchronous APIs"))).toEqual([]);
    });

    it("runs on the graphics processor, in a worker, and without WebAssembly", async () => {
      const [path, made] = await served("census/mmoe.mtl");
      const webgl = (await page.call("predict", path, made.rows, { backend: "webgl" })) as Found;
      expect(webgl).toMatchObject({ backend: "webgl", violations: [] });
      expectPredicted(webgl.heads, made, "webgl");
      const worker = (await page.call("predictInWorker", path, made.rows, {})) as Found;
      expect(worker.backend).toBe("wasm");
      expectPredicted(worker.heads, made, "a worker");

      const strict = await browser.open("/script.html");
      const plain = (await strict.call("predict", path, made.rows, {})) as Found;
      expect(plain.backend).toBe("cpu");
      expectPredicted(plain.heads, made, "cpu");
      await expect(strict.call("predict", path, made.rows, { backend: "wasm" })).rejects.toThrow(
        "WebAssembly with SIMD does not run here: allow it by `script-src 'wasm-unsafe-eval'`",
      );
      expect(await strict.call("evaluatesText")).toBe(false);
      expect(await page.call("evaluatesText")).toBe(false);
    });

    it("shows the page of examples/web, which ranks as `createRanker` does", async () => {
      const folder = mkdtempSync(join(tmpdir(), "mtlc-web-"));
      try {
        cpSync(join(root, "examples/web"), folder, { recursive: true });
        rmSync(join(folder, "out"), { recursive: true, force: true });
        await import(pathToFileURL(join(folder, "make-log.mjs")).href);
        const artifact = join(folder, "out");
        await train({ spec: join(folder, "shop.mtl"), output: artifact, engine: "wasm", targets: ["web"] });
        for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }))
          if (/\.(?:html|css|js)$/.test(file)) browser.put(`/shop/${file}`, readFileSync(join(folder, file)));

        const shop = await browser.open("/shop/index.html");
        const ranker = await createRanker(artifact, { engine: "wasm" });
        for (const age of [30, 70]) {
          const { catalogue, ids } = (await shop.call(showFor, age)) as ShopPage;
          const values = { age, hour: 20 };
          const answer = await ranker.rank({ candidates: catalogue, values, params: { value: 0.3, sale: 1.5 } });
          expect(answer.kind === "ranked" && answer.list.items.map(({ id }) => id)).toEqual(ids);
          expect(ids.length).toBe(8);
        }
        await ranker.close();
        expect(shop.said).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);

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
