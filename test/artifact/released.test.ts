import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { rankFiles } from "../../src/runtime/rank/index.js";
import { evaluate } from "../../src/runtime/jobs/evaluate.js";
import { version } from "../../src/runtime/version.js";

/**
 * Artifacts of released versions, as `scripts/artifact-fixture.mjs` wrote them with that version, and what they answered
 * then. `0.1.0-9d5909c` is of the commit before the names of the JSON were reviewed.
 */
const fixtures = join(import.meta.dirname, "../fixtures/artifacts");
const versions = readdirSync(fixtures).filter((name) => statSync(join(fixtures, name)).isDirectory());

const folder = mkdtempSync(join(tmpdir(), "mtlc-released-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Expected {
  readonly heads: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly items: readonly { readonly id: string; readonly score: number }[];
}

function unpack(name: string): string {
  const target = join(folder, name);
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(join(fixtures, name, "artifact.zip"))))) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), bytes);
  }
  return target;
}

describe("an artifact of a released version", () => {
  it("is kept of this version, and of those before it", () => {
    expect(versions).toContain(version);
    expect(versions.length).toBeGreaterThan(1);
  });

  it.each(versions)("%s loads, and measures and ranks as it did", async (name) => {
    const expected = JSON.parse(readFileSync(join(fixtures, name, "expected.json"), "utf8")) as Expected;
    const artifact = unpack(name);
    const { heads } = await evaluate({ artifact, test: [join(fixtures, "test.csv")], engine: "cpu" });
    for (const [head, metrics] of Object.entries(expected.heads))
      for (const [metric, value] of Object.entries(metrics))
        expect((heads as Expected["heads"])[head]?.[metric], `${head} ${metric}`).toBeCloseTo(value, 5);
    const answers = [];
    const files = [join(fixtures, "candidates.jsonl")];
    for await (const answer of rankFiles({ source: artifact, files, id: "item", now: 0, seed: 0, engine: "cpu" }))
      answers.push(answer);
    const [answer] = answers;
    if (answer?.kind !== "ranked") throw new Error("no list");
    const { items } = answer.list;
    expect(items.map(({ id }) => id)).toEqual(expected.items.map(({ id }) => id));
    for (const [i, { score }] of items.entries()) expect(score).toBeCloseTo(expected.items[i]?.score ?? NaN, 6);
  });
});
