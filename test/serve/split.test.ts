import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openServer, type Server } from "../../src/runtime/serve/server.js";
import { parseSplit, splitVersion } from "../../src/runtime/serve/split/split.js";
import { type Served, trainServed } from "./served.js";

let served: Served;
let server: Server;

beforeAll(async () => {
  served = await trainServed();
  const path = served.versions("shop", 1, 2, 3);
  server = await openServer({ path, engine: "cpu", workers: 0, poll: 0, split: ["3:0.25", "9:0.25"] });
}, 60_000);
afterAll(async () => {
  await server.close();
  served.remove();
});

const row = { uid: "u0", item: "i1", price: 2, tags: ["a"] };

async function versionOf(url: string, payload: object, unit?: string): Promise<unknown> {
  const headers = unit === undefined ? {} : { "x-request-unit": unit };
  const { body } = await server.app.inject({ method: "POST", url, payload, headers });
  const answer = JSON.parse(body) as Readonly<Record<string, unknown>>;
  return answer["model_version"] ?? answer["version"];
}

const infer = {
  inputs: Object.entries(row).map(([name, value]) => ({
    name,
    shape: [1],
    datatype: name === "price" ? "FP64" : "BYTES",
    data: [value],
  })),
};

describe("versions that have a share of the units", () => {
  it("answer those, in every protocol, and the newest other version all others", async () => {
    const rules = parseSplit(["3:0.25", "9:0.25"], []);
    const seen = new Set<unknown>();
    for (let i = 0; i < 24; i++) {
      const unit = `u${i}`;
      // Version 9 is not there.
      const expected = splitVersion(rules, "shop", unit) === "3" ? "3" : "2";
      expect(await versionOf("/v2/models/shop/infer", infer, unit)).toBe(expected);
      expect(await versionOf("/v1/rank", { candidates: [{ id: "a", ...row }] }, unit)).toBe(expected);
      seen.add(expected);
    }
    expect([...seen].toSorted()).toEqual(["2", "3"]);
  });

  it("do not answer who says no unit, and answer who names them", async () => {
    expect(await versionOf("/v2/models/shop/infer", infer)).toBe("2");
    expect(await versionOf("/v2/models/shop/versions/3/infer", infer, "u1")).toBe("3");
    expect(await versionOf("/v1/rank", { version: "3", candidates: [{ id: "a", ...row }] }, "u1")).toBe("3");
  });

  it("get it of many units, and the same units of a smaller one", () => {
    const units = Array.from({ length: 10_000 }, (_, i) => `user ${i}`);
    const chosen = (share: number): readonly string[] =>
      units.filter((unit) => splitVersion(parseSplit([`3:${share}`], []), "shop", unit) === "3");
    const [large, small] = [chosen(0.3), chosen(0.1)];
    expect(large.length).toBeGreaterThan(2800);
    expect(large.length).toBeLessThan(3200);
    expect(small.filter((unit) => !large.includes(unit))).toEqual([]);
    const other = units.filter((unit) => splitVersion(parseSplit(["3:0.3"], []), "feed", unit) === "3");
    expect(other.filter((unit) => large.includes(unit)).length).toBeLessThan(1200);
  });

  it("are refused where they cannot be", () => {
    expect(() => parseSplit(["3"], [])).not.toThrow();
    expect(() => parseSplit(["x:0.1"], [])).toThrow(/^MTL7616: /);
    expect(() => parseSplit(["3:0.6", "4:0.5"], [])).toThrow(/^MTL7616: .*sum to more than 1/);
    expect(() => parseSplit(["a/3:0.6", "b/4:0.5"], [])).not.toThrow();
    const [shadow] = parseSplit(["3:1"], []);
    expect(() => parseSplit(["3:0.5"], [shadow!])).toThrow(/^MTL7616: .*is a shadow/);
  });
});
