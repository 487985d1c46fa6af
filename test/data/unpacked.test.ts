/** Compressed text that is unpacked while its lines are looked at, and read from there. */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { withDatabase } from "../../src/runtime/data/files/database.js";
import { requestOfArguments } from "../../src/runtime/data/files/files.js";
import { openSource } from "../../src/runtime/data/files/source.js";
import { categorical, event, failureOf, folderWith, openIn, source, spec } from "./fixtures.js";

/** Texts that hardly get smaller, so that the compressed file is more than is looked at each time. */
const lines = Array.from({ length: 20_000 }, (_, i) => `${randomBytes(24).toString("hex")},${i % 2}\n`);
const text = `a,y\n${lines.join("")}`;
let packed: Buffer;
beforeAll(() => {
  packed = gzipSync(text, { level: 1 });
  expect(packed.length).toBeGreaterThan(2 ** 18);
  expect(packed.length).toBeLessThan(2 ** 20);
});

const model = (file: string): ReturnType<typeof spec> =>
  spec({ train: source(file) }, [categorical("a", { vocabulary: { kind: "hash", buckets: 97 } })], [event("y")]);

describe("compressed text", () => {
  it("is read as the same text that is not, and leaves nothing unpacked", async () => {
    const folder = folderWith({ "plain.csv": text });
    writeFileSync(join(folder, "packed.csv.gz"), packed);
    const hashes: (string | undefined)[] = [];
    for (const file of ["packed.csv.gz", "plain.csv"]) {
      const { train } = await openIn(folder, model(file));
      hashes.push(train?.hash);
      train?.close();
    }
    expect(hashes[0]).toBe(hashes[1]);
    const left = readdirSync(join(folder, ".mtlc", "cache"), { recursive: true, encoding: "utf8" });
    expect(left.filter((name) => name.startsWith(".") || name.includes("text-"))).toEqual([]);
  });

  it("lies unpacked while the database is open that has looked at it first", async () => {
    const folder = folderWith();
    writeFileSync(join(folder, "packed.csv.gz"), packed);
    const request = requestOfArguments([join(folder, "packed.csv.gz")], undefined);
    const opened = (): Promise<readonly [string | undefined, boolean | undefined]> =>
      withDatabase({ folder }, async (database) => {
        const { files } = await openSource(database, request);
        const { readFrom, isWhole } = files[0]?.file ?? {};
        if (readFrom !== undefined) expect(readFileSync(readFrom, "utf8") === text).toBe(true);
        return [readFrom, isWhole];
      });
    const [path = "", isWhole] = await opened();
    expect(isWhole).toBe(true);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    expect(await opened()).toEqual([undefined, false]);
  });

  it("that is damaged later on is still found out", async () => {
    const folder = folderWith();
    writeFileSync(join(folder, "packed.csv.gz"), packed.subarray(0, packed.length - 5000));
    expect(await failureOf(folder, openIn(folder, model("packed.csv.gz")))).toContain("its gzip data is damaged");
  });
});
