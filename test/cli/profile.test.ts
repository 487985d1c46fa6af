import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProfileResult } from "../../src/cli/commands/train/profile-view.js";
import { loadBinding } from "../../src/runtime/engine/native-binding.js";
import { hasXla } from "../../src/runtime/engine/native.js";
import { root, runCli } from "./run-cli.js";

const folder = mkdtempSync(join(tmpdir(), "mtlc-profile-"));
const train = ["train", "shop/model.mtl"];
const native = loadBinding();

beforeAll(async () => {
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: root, stdio: "ignore" });
  expect((await runCli(["init", "shop"], { cwd: folder })).code).toBe(0);
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Trace {
  readonly traceEvents: readonly { readonly ph: string; readonly args?: { readonly part?: string } }[];
}

/** What every profile holds, whatever the engine. */
function expectWhole(profile: ProfileResult): void {
  const { traced, feeding, between, parts, ops } = profile;
  const sum = (rows: readonly { readonly total: number }[]): number => rows.reduce((all, { total }) => all + total, 0);
  expect(sum(parts)).toBeCloseTo(sum(ops), 6);
  // Within the clock's rounding of what a call took.
  expect((sum(parts) + between + feeding) / traced).toBeCloseTo(1, 2);
  for (const { forward, gradient, update, total } of parts) expect(forward + gradient + update).toBeCloseTo(total, 9);
  const tower = parts.find(({ kind }) => kind === "tower");
  expect([tower?.forward, tower?.gradient, tower?.update].every((time) => time !== undefined && time > 0)).toBe(true);
  const { traceEvents } = JSON.parse(readFileSync(join(folder, profile.trace), "utf8")) as Trace;
  expect(traceEvents.some(({ args }) => args?.part === tower?.name)).toBe(true);
}

describe("mtlc train --profile", () => {
  it("says where the time of a step goes, and leaves the trace and nothing else", { timeout: 300_000 }, async () => {
    const words = [...train, "--profile", "cpu.json", "--engine", "cpu", "-q"];
    const { code, out } = await runCli([...words, "--format", "json"], { cwd: folder });
    expect(code).toBe(0);
    expectWhole(JSON.parse(out) as ProfileResult);
    expect(existsSync(join(folder, "out"))).toBe(false);
    const text = (await runCli(words, { cwd: folder })).out;
    expect(text).toMatch(/^a step of 128 rows takes [\d.]+ ms, [\d.]+ ms while \d+ steps were traced \(cpu: /);
    expect(text).toMatch(/^declaration +ms +share +forward +gradient +update$/m);
    expect(text).toMatch(/^tower \w+ +[\d.]+ +[\d.]+ % +[\d.]+ +[\d.]+ +[\d.]+$/m);
    expect(text).toMatch(/^matmul +[\d.]+ +[\d.]+ % +\d+ ×$/m);
    expect(text).toMatch(/\nwrote cpu\.json: open it in [^\n]+\n$/);
  });

  const missing = native.kind === "loaded" ? undefined : "the native engine is not installed";
  it.skipIf(missing !== undefined)(
    `knows the ops of a compiled step${missing === undefined ? "" : ` (${missing})`}`,
    { timeout: 300_000 },
    async () => {
      const { code, out, err } = await runCli(
        [...train, "--profile", "native.json", "--engine", "native", "-q", "--format", "json"],
        { cwd: folder, ownProcess: true },
      );
      expect([code, err]).toEqual([0, ""]);
      const profile = JSON.parse(out) as ProfileResult;
      expectWhole(profile);
      if (native.kind !== "loaded" || !hasXla(native)) return;
      expect(profile.ops.map(({ op }) => op)).toContain("MatMul");
      // Each op of the step is of a declaration, or of the few that are of none.
      const whole = profile.parts.reduce((all, { total }) => all + total, 0);
      const unknown = profile.parts.find(({ kind }) => kind === "step")?.total ?? 0;
      expect(unknown / whole).toBeLessThan(0.3);
    },
  );

  it.skipIf(missing !== undefined)("says what the trace needs (MTL7450)", { timeout: 300_000 }, async () => {
    if (native.kind !== "loaded") return;
    const cache = join(folder, "cache");
    const engine = join(cache, "native", basename(dirname(native.path)));
    mkdirSync(engine, { recursive: true });
    for (const file of ["tfjs_binding.node", "libtensorflow_cc.so.2", "libtensorflow_framework.so.2"])
      symlinkSync(join(dirname(native.path), file), join(engine, file));
    const { code, err } = await runCli([...train, "--profile", "none.json", "--engine", "native", "-q"], {
      cwd: folder,
      ownProcess: true,
      environment: { MTLC_CACHE: cache, PATH: "", CXX: "" },
    });
    expect([code, err]).toEqual([1, expect.stringMatching(/^error\[MTL7450\]: .*no C\+\+ compiler was found/)]);
    expect(existsSync(join(folder, "none.json"))).toBe(false);
  });

  it("refuses what belongs to a whole training, and trees (MTL7451)", { timeout: 300_000 }, async () => {
    for (const words of [["-o", "out"], ["--runs", "2"], ["--resume"], ["--epochs", "1"], ["--log", "log.jsonl"]]) {
      const { code, err } = await runCli([...train, "--profile", "x.json", ...words], { cwd: folder });
      expect([code, err]).toEqual([2, expect.stringMatching(/^error\[MTL8009\]: `--profile` and `--\w+` exclude/)]);
    }
    const trees = join(root, "specs/examples/lambdamart.mtl");
    const { code, err } = await runCli(["train", trees, "--profile", "x.json"], { cwd: folder });
    expect([code, err]).toEqual([1, expect.stringMatching(/^error\[MTL7451\]: /)]);
    expect(existsSync(join(folder, "x.json"))).toBe(false);
  });
});

describe("mtlc compile --stats", () => {
  it("prints what each pass saves, writes nothing, and excludes what writes", { timeout: 120_000 }, async () => {
    const compile = ["compile", "shop/model.mtl", "--stats", "-q"];
    const { code, out } = await runCli(compile, { cwd: folder });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^shop\w*, a batch of 128 rows\n\ntrain +ops +MFLOP\nwritten +[\d,]+ +[\d.]+\nsimplified +−\d+/,
    );
    expect(out).toMatch(
      /\n\d+ tables of embeddings in \d+ variables?, each looked up and updated at once\nfused runs train as \d+ instructions in \d+ loops of \d+ phases: .*\nnative: XLA compiles /,
    );
    expect(existsSync(join(folder, "out"))).toBe(false);
    for (const words of [
      ["-o", "out"],
      ["--emit", "graph"],
      ["--target", "tfjs"],
    ]) {
      const refused = await runCli([...compile, ...words], { cwd: folder });
      expect([refused.code, refused.err]).toEqual([
        2,
        expect.stringMatching(/^error\[MTL8009\]: `--stats` and `--\w+`/),
      ]);
    }
  });
});
